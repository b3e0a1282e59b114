import { Button, Checkbox, Group, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DataTable } from '../../components/DataTable';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { ErrorNote, Loaded } from '../../components/States';
import { formatDay } from '../../lib/format';
import { Credentials } from './Credentials';
import { useAddUser, useChangeUser, useResetTwoFactor, useSession, useUsers, type User } from './queries';

const roleOf = (user: User) =>
    user.administrator ? 'administrator' : user.operates ? 'operator' : 'ordinary';

/** For who lost telephone and recovery codes; an administrator's to do. */
function ResetTwoFactor({ user }: { user: User }) {
    const { t } = useTranslation();
    const me = useSession().data?.user;
    const reset = useResetTwoFactor();
    if (!me?.administrator) return null;
    return (
        <>
            <Button
                size="xs"
                variant="default"
                loading={reset.isPending}
                aria-label={t('accounts:ui.users.reset_two_factor_label', { name: user.name })}
                onClick={() => reset.mutate(user.id)}
            >
                {t('accounts:ui.users.reset_two_factor')}
            </Button>
            {reset.error && <ErrorNote error={reset.error} />}
        </>
    );
}

const nobody = { name: '', password: '', administrator: false, operates: false };

function AddUser() {
    const { t } = useTranslation();
    const add = useAddUser();
    const mayPromote = useSession().data?.user.administrator;
    const [wish, setWish] = useState(nobody);
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        add.mutate(wish, { onSuccess: () => setWish(nobody) });
    };
    return (
        <Section title={t('accounts:ui.users.add')}>
            <form onSubmit={submit}>
                <Stack maw={420}>
                    {add.error && <ErrorNote error={add.error} />}
                    <Credentials value={wish} onChange={setWish} choosing="another" />
                    {mayPromote && (
                        <Checkbox
                            label={t('accounts:ui.users.make_administrator')}
                            checked={wish.administrator}
                            onChange={(event) =>
                                setWish({
                                    ...wish,
                                    administrator: event.currentTarget.checked,
                                    operates: false,
                                })
                            }
                        />
                    )}
                    <Checkbox
                        label={t('accounts:ui.users.make_operator')}
                        checked={wish.operates}
                        onChange={(event) =>
                            setWish({ ...wish, operates: event.currentTarget.checked, administrator: false })
                        }
                    />
                    <Group>
                        <Button type="submit" loading={add.isPending}>
                            {t('accounts:ui.users.add_submit')}
                        </Button>
                    </Group>
                </Stack>
            </form>
        </Section>
    );
}

function UserState({ user }: { user: User }) {
    const { t } = useTranslation();
    const me = useSession().data?.user;
    const change = useChangeUser();
    const action = user.disabled_at == null ? 'disable' : 'enable';
    if (user.administrator && !me?.administrator) return null;
    return (
        <>
            <Button
                size="xs"
                variant="default"
                loading={change.isPending}
                aria-label={t(`accounts:ui.users.${action}_label`, { name: user.name })}
                onClick={() => change.mutate({ id: user.id, disabled: user.disabled_at == null })}
            >
                {t(`accounts:ui.users.${action}`)}
            </Button>
            {change.error && <ErrorNote error={change.error} />}
        </>
    );
}

export default function UsersPage() {
    const { t } = useTranslation();
    const users = useUsers();
    return (
        <Page title={t('accounts:ui.users.title')} lead={t('accounts:ui.users.lead')}>
            <Loaded query={users}>
                {(data) => (
                    <Stack gap={48}>
                        <DataTable
                            label={t('accounts:ui.users.title')}
                            rows={data.users}
                            rowKey={(row) => row.id}
                            columns={[
                                {
                                    key: 'name',
                                    head: t('accounts:ui.users.name'),
                                    rowHead: true,
                                    cell: (row) => row.name,
                                },
                                {
                                    key: 'role',
                                    head: t('accounts:ui.users.role'),
                                    cell: (row) => t(`accounts:ui.users.${roleOf(row)}`),
                                },
                                {
                                    key: 'two_factor',
                                    head: t('accounts:ui.users.two_factor'),
                                    cell: (row) =>
                                        t(`accounts:ui.users.two_factor_${row.two_factor ? 'on' : 'off'}`),
                                },
                                {
                                    key: 'since',
                                    head: t('accounts:ui.users.created'),
                                    cell: (row) => formatDay(row.created_at),
                                },
                                {
                                    key: 'state',
                                    head: t('accounts:ui.users.state'),
                                    cell: (row) =>
                                        t(
                                            row.disabled_at == null
                                                ? 'accounts:ui.users.active'
                                                : 'accounts:ui.users.disabled',
                                        ),
                                },
                                {
                                    key: 'action',
                                    head: (
                                        <span className="visually-hidden">
                                            {t('accounts:ui.users.disable')}
                                        </span>
                                    ),
                                    cell: (row) => (
                                        <Group gap="xs">
                                            <UserState user={row} />
                                            {row.two_factor && <ResetTwoFactor user={row} />}
                                        </Group>
                                    ),
                                },
                            ]}
                        />
                        <AddUser />
                    </Stack>
                )}
            </Loaded>
        </Page>
    );
}
