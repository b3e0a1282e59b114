import { Alert, Button, Code, Group, PasswordInput, Select, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DaysInput, ShownOnce } from '../../components/Copy';
import { DataTable } from '../../components/DataTable';
import { LanguageSwitch } from '../../components/LanguageSwitch';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { ErrorNote, Loaded } from '../../components/States';
import { browserName } from '../../lib/agent';
import { formatAgo, formatDay } from '../../lib/format';
import { EraseAccount } from '../erasure/EraseAccount';
import { MyData } from '../erasure/MyData';
import {
    useChangeMe,
    useCreateToken,
    useEndSession,
    useRevokeToken,
    useSession,
    useSessions,
    useTokens,
    type Scope,
} from './queries';
import { EmailPart } from './EmailPart';
import { IdentitiesPart } from './IdentitiesPart';
import { TwoFactorPart } from './TwoFactorPart';

function LanguagePart() {
    const { t } = useTranslation();
    const change = useChangeMe();
    return (
        <Section title={t('accounts:ui.account.language')} text={t('accounts:ui.account.language_text')}>
            <div>
                <LanguageSwitch onChosen={(language) => change.mutate({ language })} />
            </div>
        </Section>
    );
}

function PasswordPart() {
    const { t } = useTranslation();
    const change = useChangeMe();
    const [current, setCurrent] = useState('');
    const [next, setNext] = useState('');
    const done = () => {
        setCurrent('');
        setNext('');
    };
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        change.mutate({ current_password: current, password: next }, { onSuccess: done });
    };
    return (
        <Section title={t('accounts:ui.account.password')}>
            <form onSubmit={submit}>
                <Stack maw={420}>
                    {change.error && <ErrorNote error={change.error} />}
                    {change.isSuccess && (
                        <Alert variant="outline" role="status">
                            {t('accounts:ui.account.password_changed')}
                        </Alert>
                    )}
                    <PasswordInput
                        label={t('accounts:ui.account.current_password')}
                        autoComplete="current-password"
                        required
                        withAsterisk={false}
                        value={current}
                        onChange={(event) => setCurrent(event.currentTarget.value)}
                    />
                    <PasswordInput
                        label={t('accounts:ui.account.new_password')}
                        description={t('accounts:ui.password.rule')}
                        autoComplete="new-password"
                        required
                        withAsterisk={false}
                        value={next}
                        onChange={(event) => setNext(event.currentTarget.value)}
                    />
                    <Group>
                        <Button type="submit" loading={change.isPending}>
                            {t('accounts:ui.account.change_password')}
                        </Button>
                    </Group>
                </Stack>
            </form>
        </Section>
    );
}

function SessionsPart() {
    const { t } = useTranslation();
    const sessions = useSessions();
    const end = useEndSession();
    return (
        <Section title={t('accounts:ui.sessions.title')}>
            {end.error && <ErrorNote error={end.error} />}
            <Loaded query={sessions}>
                {(data) => (
                    <DataTable
                        label={t('accounts:ui.sessions.title')}
                        rows={data.sessions}
                        rowKey={(row) => row.id}
                        columns={[
                            {
                                key: 'agent',
                                head: t('accounts:ui.sessions.browser'),
                                rowHead: true,
                                cell: (row) => (
                                    <>
                                        {browserName(row.agent)}{' '}
                                        {row.current && (
                                            <span className="small-term">
                                                ({t('accounts:ui.sessions.current')})
                                            </span>
                                        )}
                                    </>
                                ),
                            },
                            {
                                key: 'address',
                                head: t('accounts:ui.sessions.address'),
                                cell: (row) => row.address,
                            },
                            {
                                key: 'since',
                                head: t('accounts:ui.sessions.since'),
                                cell: (row) => formatDay(row.created_at),
                            },
                            {
                                key: 'seen',
                                head: t('accounts:ui.sessions.seen'),
                                cell: (row) => formatAgo(row.seen_at),
                            },
                            {
                                key: 'end',
                                head: (
                                    <span className="visually-hidden">{t('accounts:ui.sessions.end')}</span>
                                ),
                                cell: (row) =>
                                    !row.current && (
                                        <Button
                                            size="xs"
                                            variant="default"
                                            aria-label={t('accounts:ui.sessions.end_label', {
                                                name: browserName(row.agent),
                                            })}
                                            onClick={() => end.mutate(row.id)}
                                        >
                                            {t('accounts:ui.sessions.end')}
                                        </Button>
                                    ),
                            },
                        ]}
                    />
                )}
            </Loaded>
        </Section>
    );
}

function NewTokenForm() {
    const { t } = useTranslation();
    const session = useSession();
    const create = useCreateToken();
    const [label, setLabel] = useState('');
    const [scope, setScope] = useState<Scope>('write');
    const [days, setDays] = useState<number | string>(90);
    const scopes: Scope[] = session.data?.user.administrator ? ['read', 'write', 'admin'] : ['read', 'write'];
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        create.mutate({ label, scope, days: Number(days) }, { onSuccess: () => setLabel('') });
    };
    return (
        <form onSubmit={submit}>
            <Stack>
                {create.error && <ErrorNote error={create.error} />}
                {create.data && (
                    <ShownOnce title={t('accounts:ui.tokens.created')} text={create.data.token} />
                )}
                <Group align="flex-end">
                    <TextInput
                        label={t('accounts:ui.tokens.label')}
                        placeholder={t('accounts:ui.tokens.label_example')}
                        required
                        withAsterisk={false}
                        maxLength={100}
                        value={label}
                        onChange={(event) => setLabel(event.currentTarget.value)}
                    />
                    <Select
                        label={t('accounts:ui.tokens.scope')}
                        allowDeselect={false}
                        value={scope}
                        data={scopes.map((value) => ({
                            value,
                            label: t(`accounts:ui.tokens.scope.${value}`),
                        }))}
                        onChange={(value) => setScope((value ?? 'read') as Scope)}
                    />
                    <DaysInput label={t('accounts:ui.tokens.days')} value={days} onChange={setDays} />
                    <Button type="submit" variant="default" loading={create.isPending}>
                        {t('accounts:ui.tokens.create')}
                    </Button>
                </Group>
            </Stack>
        </form>
    );
}

function TokensPart() {
    const { t } = useTranslation();
    const tokens = useTokens();
    const revoke = useRevokeToken();
    return (
        <Section
            title={t('accounts:ui.tokens.title')}
            term={t('accounts:ui.tokens.term')}
            text={t('accounts:ui.tokens.text')}
        >
            <NewTokenForm />
            {revoke.error && <ErrorNote error={revoke.error} />}
            <Loaded query={tokens}>
                {(data) =>
                    data.tokens.length === 0 ? (
                        <p>{t('accounts:ui.tokens.empty')}</p>
                    ) : (
                        <DataTable
                            label={t('accounts:ui.tokens.title')}
                            rows={data.tokens}
                            rowKey={(row) => row.id}
                            columns={[
                                {
                                    key: 'label',
                                    head: t('accounts:ui.tokens.label'),
                                    rowHead: true,
                                    cell: (row) => row.label,
                                },
                                {
                                    key: 'scope',
                                    head: t('accounts:ui.tokens.scope'),
                                    cell: (row) => t(`accounts:ui.tokens.scope.${row.scope}`),
                                },
                                {
                                    key: 'prefix',
                                    head: t('accounts:ui.tokens.begins'),
                                    cell: (row) => <Code>{row.prefix}…</Code>,
                                },
                                {
                                    key: 'expires',
                                    head: t('accounts:ui.tokens.expires'),
                                    cell: (row) => formatDay(row.expires_at),
                                },
                                {
                                    key: 'used',
                                    head: t('accounts:ui.tokens.used'),
                                    cell: (row) =>
                                        row.used_at ? formatAgo(row.used_at) : t('accounts:ui.tokens.never'),
                                },
                                {
                                    key: 'revoke',
                                    head: (
                                        <span className="visually-hidden">
                                            {t('accounts:ui.tokens.revoke')}
                                        </span>
                                    ),
                                    cell: (row) => (
                                        <Button
                                            size="xs"
                                            variant="default"
                                            aria-label={t('accounts:ui.tokens.revoke_label', {
                                                name: row.label,
                                            })}
                                            onClick={() => revoke.mutate(row.id)}
                                        >
                                            {t('accounts:ui.tokens.revoke')}
                                        </Button>
                                    ),
                                },
                            ]}
                        />
                    )
                }
            </Loaded>
        </Section>
    );
}

export default function AccountPage() {
    const { t } = useTranslation();
    const session = useSession();
    return (
        <Page title={t('accounts:ui.account.title')} lead={session.data?.user.name}>
            <Stack gap={48}>
                <LanguagePart />
                <EmailPart />
                <PasswordPart />
                <TwoFactorPart />
                <IdentitiesPart />
                <SessionsPart />
                <TokensPart />
                <MyData />
                <EraseAccount />
            </Stack>
        </Page>
    );
}
