import { Alert, Badge, Button, Code, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { DataTable, type Column } from '../../components/DataTable';
import { Page } from '../../components/Page';
import { ErrorNote, Loaded } from '../../components/States';
import { formatTime } from '../../lib/format';
import { useUsers } from '../accounts/queries';
import { useEntries, useVerify, type Entry, type Filter, type Proof } from './queries';

const outcomes = ['done', 'refused', 'failed'];
const names = ['outcome', 'action', 'user', 'from', 'until'] as const;

/** The filter stands in the address, so that it can be passed on. */
function useFilter(): [Filter, (change: Partial<Filter>) => void] {
    const [search, setSearch] = useSearchParams();
    const filter = Object.fromEntries(
        names.map((name) => [name, search.get(name) ?? '']),
    ) as unknown as Filter;
    const change = (wish: Partial<Filter>) => {
        const next = { ...filter, ...wish };
        setSearch(new URLSearchParams(names.filter((name) => next[name]).map((name) => [name, next[name]])), {
            replace: true,
        });
    };
    return [filter, change];
}

function ProofNote({ proof }: { proof: Proof }) {
    const { t } = useTranslation();
    const flaw = t(`journal:ui.flaws.${proof.flaw}`);
    return (
        <Alert
            role={proof.good ? 'status' : 'alert'}
            variant="outline"
            color={proof.good ? undefined : 'var(--mantine-color-error)'}
            title={proof.good ? t('journal:ui.good', { entries: proof.entries }) : flaw}
        >
            <Stack gap={4}>
                {proof.broken_seq != null && (
                    <Text size="sm">{t('journal:ui.first_broken', { entry: proof.broken_seq })}</Text>
                )}
                {proof.key_id && <Text size="sm">{t('journal:ui.key', { key: proof.key_id })}</Text>}
                {proof.clock_steps_back > 0 && (
                    <Text size="sm">{t('journal:ui.clock', { count: proof.clock_steps_back })}</Text>
                )}
                {proof.deleted_before != null && (
                    <Text size="sm">{t('journal:ui.deleted_before', { entry: proof.deleted_before })}</Text>
                )}
            </Stack>
        </Alert>
    );
}

function Filters({ filter, change }: { filter: Filter; change: (wish: Partial<Filter>) => void }) {
    const { t } = useTranslation();
    const users = useUsers();
    const accounts = (users.data?.users ?? []).map((user) => ({ value: String(user.id), label: user.name }));
    const dateOf = (name: 'from' | 'until') => (
        <TextInput
            type="date"
            label={t(`journal:ui.${name}`)}
            value={filter[name]}
            onChange={(event) => change({ [name]: event.currentTarget.value })}
        />
    );
    return (
        <Group component="fieldset" align="flex-end" gap="md" p={0} style={{ border: 0 }}>
            <legend className="visually-hidden">{t('journal:ui.filters')}</legend>
            <NativeSelect
                label={t('journal:ui.outcome')}
                value={filter.outcome}
                onChange={(event) => change({ outcome: event.currentTarget.value })}
                data={[
                    { value: '', label: t('journal:ui.any') },
                    ...outcomes.map((value) => ({ value, label: t(`journal:ui.outcomes.${value}`) })),
                ]}
            />
            <NativeSelect
                label={t('journal:ui.account')}
                value={filter.user}
                onChange={(event) => change({ user: event.currentTarget.value })}
                data={[
                    { value: '', label: t('journal:ui.everyone') },
                    { value: '0', label: t('journal:ui.nobody') },
                    ...accounts,
                ]}
            />
            <TextInput
                label={t('journal:ui.action')}
                placeholder="accounts.sign_in"
                value={filter.action}
                onChange={(event) => change({ action: event.currentTarget.value })}
            />
            {dateOf('from')}
            {dateOf('until')}
        </Group>
    );
}

const colours: Record<string, string> = { done: 'gray', refused: 'orange', failed: 'red' };

/** "status 401, reason accounts.wrong_credentials": names are for machines and stay as they are. */
function detailsOf(details: unknown): string {
    if (details === null || typeof details !== 'object') return String(details);
    return Object.entries(details)
        .map(
            ([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
        )
        .join(', ');
}

function useColumns(): Column<Entry>[] {
    const { t } = useTranslation();
    const head = (key: string) => t(`journal:ui.columns.${key}`);
    return [
        { key: 'seq', head: head('seq'), number: true, rowHead: true, cell: (row) => row.seq },
        {
            key: 'at',
            head: head('at'),
            cell: (row) => (
                <Text inherit style={{ whiteSpace: 'nowrap' }}>
                    {formatTime(row.at)}
                </Text>
            ),
        },
        { key: 'action', head: head('action'), cell: (row) => <Code>{row.action}</Code> },
        {
            key: 'outcome',
            head: head('outcome'),
            cell: (row) => (
                <Badge
                    miw="max-content"
                    variant="outline"
                    autoContrast
                    color={colours[row.outcome] ?? 'gray'}
                    c="var(--mantine-color-text)"
                >
                    {outcomes.includes(row.outcome) ? t(`journal:ui.outcomes.${row.outcome}`) : row.outcome}
                </Badge>
            ),
        },
        {
            key: 'actor',
            head: head('actor'),
            cell: (row) => (row.actor ? <Code>{row.actor.slice(0, 8)}</Code> : '–'),
        },
        {
            key: 'object',
            head: head('object'),
            cell: (row) =>
                row.object_kind ? (
                    <>
                        {row.object_kind} <Code>{row.object.slice(0, 8)}</Code>
                    </>
                ) : (
                    '–'
                ),
        },
        { key: 'network', head: head('network'), cell: (row) => row.network || '–' },
        {
            key: 'details',
            head: head('details'),
            cell: (row) => <Text size="sm">{detailsOf(row.details)}</Text>,
        },
    ];
}

function Entries({ filter }: { filter: Filter }) {
    const { t } = useTranslation();
    const entries = useEntries(filter);
    const columns = useColumns();
    return (
        <Loaded query={entries}>
            {(data) => {
                const rows = data.pages.flatMap((page) => page.entries);
                if (!rows.length) return <Text>{t('journal:ui.empty')}</Text>;
                return (
                    <Stack>
                        <DataTable
                            label={t('journal:ui.table')}
                            rows={rows}
                            rowKey={(row) => row.seq}
                            columns={columns}
                            minWidth={1120}
                        />
                        {entries.hasNextPage && (
                            <Group justify="center">
                                <Button
                                    variant="default"
                                    loading={entries.isFetchingNextPage}
                                    onClick={() => void entries.fetchNextPage()}
                                >
                                    {t('journal:ui.older')}
                                </Button>
                            </Group>
                        )}
                        <Text size="sm" c="dimmed">
                            {t('journal:ui.pseudonyms')}
                        </Text>
                    </Stack>
                );
            }}
        </Loaded>
    );
}

/** What was done and tried on the service, for those who run it. */
export default function JournalPage() {
    const { t } = useTranslation();
    const [filter, change] = useFilter();
    const verify = useVerify();
    const action = (
        <Group>
            <Button component="a" href="/api/v1/journal/export" variant="default">
                {t('journal:ui.export')}
            </Button>
            <Button loading={verify.isPending} onClick={() => verify.mutate()}>
                {t('journal:ui.verify')}
            </Button>
        </Group>
    );
    return (
        <Page title={t('journal:ui.title')} lead={t('journal:ui.lead')} action={action} wide>
            {verify.error && <ErrorNote error={verify.error} />}
            {verify.data && <ProofNote proof={verify.data} />}
            <Filters filter={filter} change={change} />
            <Entries filter={filter} />
        </Page>
    );
}
