import { Button, Checkbox, Group, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DataTable } from '../../components/DataTable';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { ErrorNote, Loaded } from '../../components/States';
import { formatDay } from '../../lib/format';
import { Credentials } from './Credentials';
import { useAddUser, useChangeUser, useUsers, type User } from './queries';

function AddUser() {
    const { t } = useTranslation();
    const add = useAddUser();
    const [wish, setWish] = useState({ name: '', password: '', administrator: false });
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        add.mutate(wish, { onSuccess: () => setWish({ name: '', password: '', administrator: false }) });
    };
    return (
        <Section title={t('accounts:ui.users.add')}>
            <form onSubmit={submit}>
                <Stack maw={420}>
                    {add.error && <ErrorNote error={add.error} />}
                    <Credentials value={wish} onChange={setWish} choosing="another" />
                    <Checkbox
                        label={t('accounts:ui.users.make_administrator')}
                        checked={wish.administrator}
                        onChange={(event) => setWish({ ...wish, administrator: event.currentTarget.checked })}
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
    const change = useChangeUser();
    const action = user.disabled_at == null ? 'disable' : 'enable';
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
                                    cell: (row) =>
                                        t(
                                            row.administrator
                                                ? 'accounts:ui.users.administrator'
                                                : 'accounts:ui.users.ordinary',
                                        ),
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
                                    cell: (row) => <UserState user={row} />,
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
