import { Anchor, Breadcrumbs, Button, Code, Group, ScrollArea, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { DataTable } from '../../components/DataTable';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { ErrorNote, Loaded } from '../../components/States';
import { formatBytes, formatDuration, formatTime } from '../../lib/format';
import { Curves } from './Curves';
import { shownMetric } from './metrics';
import { artifactPath, useArtifacts, useMoveRun, useRun, type Pair, type Run } from './queries';

const PREVIEW_BYTES = 200_000;
const READABLE = /\.(json|txt|ya?ml|csv|md|log)$|(^|\/)MLmodel$/;

function Pairs({ title, pairs }: { title: string; pairs: Pair[] }) {
    const { t } = useTranslation();
    if (pairs.length === 0) return null;
    return (
        <Section title={title}>
            <DataTable
                label={title}
                rows={pairs}
                rowKey={(pair) => pair.key}
                columns={[
                    { key: 'key', head: t('tracking:ui.key'), rowHead: true, cell: (pair) => pair.key },
                    { key: 'value', head: t('tracking:ui.value'), cell: (pair) => pair.value },
                ]}
            />
        </Section>
    );
}

function Preview({ address }: { address: string }) {
    const { t } = useTranslation();
    const text = useQuery({
        queryKey: ['artifact', address],
        queryFn: async ({ signal }) => (await fetch(address, { signal })).text(),
    });
    return (
        <Loaded query={text}>
            {(data) => (
                <ScrollArea.Autosize
                    mah={420}
                    className="card"
                    viewportProps={{
                        tabIndex: 0,
                        role: 'region',
                        'aria-label': t('tracking:ui.files.preview'),
                    }}
                >
                    <Code block>{data}</Code>
                </ScrollArea.Autosize>
            )}
        </Loaded>
    );
}

/** Files of a run, one folder at a time, texts shown beside their names. */
function Files({ run }: { run: Run }) {
    const { t } = useTranslation();
    const [folder, setFolder] = useState('');
    const [shown, setShown] = useState('');
    const files = useArtifacts(run.info.run_id, folder);
    const parts = folder === '' ? [] : folder.split('/');
    return (
        <Section title={t('tracking:ui.files.title')} term={t('tracking:ui.files.term')}>
            <Breadcrumbs>
                {['', ...parts].map((part, i) => (
                    <Anchor key={i} component="button" onClick={() => setFolder(parts.slice(0, i).join('/'))}>
                        {i === 0 ? t('tracking:ui.files.root') : part}
                    </Anchor>
                ))}
            </Breadcrumbs>
            <Loaded query={files}>
                {(data) =>
                    (data.files ?? []).length === 0 ? (
                        <Text>{t('tracking:ui.files.none')}</Text>
                    ) : (
                        <DataTable
                            label={t('tracking:ui.files.title')}
                            rows={data.files ?? []}
                            rowKey={(file) => file.path}
                            columns={[
                                {
                                    key: 'name',
                                    head: t('tracking:ui.runs.name'),
                                    rowHead: true,
                                    cell: (file) =>
                                        file.is_dir ? (
                                            <Anchor component="button" onClick={() => setFolder(file.path)}>
                                                {file.path.split('/').at(-1)}/
                                            </Anchor>
                                        ) : (
                                            <Anchor href={artifactPath(run.info, file.path)} download>
                                                {file.path.split('/').at(-1)}
                                            </Anchor>
                                        ),
                                },
                                {
                                    key: 'size',
                                    head: t('tracking:ui.files.size'),
                                    number: true,
                                    cell: (file) => (file.is_dir ? '' : formatBytes(file.file_size ?? 0)),
                                },
                                {
                                    key: 'show',
                                    head: '',
                                    cell: (file) =>
                                        READABLE.test(file.path) &&
                                        (file.file_size ?? 0) <= PREVIEW_BYTES && (
                                            <Button
                                                size="xs"
                                                variant="default"
                                                onClick={() => setShown(file.path)}
                                            >
                                                {t('tracking:ui.files.show', { name: file.path })}
                                            </Button>
                                        ),
                                },
                            ]}
                        />
                    )
                }
            </Loaded>
            {shown && <Preview address={artifactPath(run.info, shown)} />}
        </Section>
    );
}

function RunDetails({ run }: { run: Run }) {
    const { t } = useTranslation();
    const move = useMoveRun();
    const deleted = run.info.lifecycle_stage === 'deleted';
    const metrics = run.data.metrics ?? [];
    const spent = run.info.end_time ? (run.info.end_time - run.info.start_time) / 1000 : null;
    return (
        <Stack gap={48}>
            <Stack gap="xs">
                {move.error && <ErrorNote error={move.error} />}
                <Text>
                    {t(`tracking:ui.status.${run.info.status}`)} · {formatTime(run.info.start_time)}
                    {spent !== null && ` · ${formatDuration(spent)}`}
                </Text>
                <Group>
                    <Button
                        variant="default"
                        size="xs"
                        loading={move.isPending}
                        onClick={() =>
                            move.mutate({ id: run.info.run_id, to: deleted ? 'restore' : 'delete' })
                        }
                    >
                        {t(deleted ? 'tracking:ui.restore' : 'tracking:ui.delete')}
                    </Button>
                </Group>
            </Stack>
            {metrics.length > 0 && (
                <Section title={t('tracking:ui.metrics')}>
                    <DataTable
                        label={t('tracking:ui.metrics')}
                        rows={metrics}
                        rowKey={(metric) => metric.key}
                        columns={[
                            { key: 'key', head: t('tracking:ui.metric'), rowHead: true, cell: (m) => m.key },
                            {
                                key: 'value',
                                head: t('tracking:ui.value'),
                                number: true,
                                cell: (m) => shownMetric(m.value),
                            },
                        ]}
                    />
                    <Curves
                        runs={[run.info.run_id]}
                        names={[run.info.run_name]}
                        metrics={metrics.map((metric) => metric.key)}
                    />
                </Section>
            )}
            <Pairs title={t('tracking:ui.params')} pairs={run.data.params ?? []} />
            <Files run={run} />
            <Pairs title={t('tracking:ui.tags')} pairs={run.data.tags ?? []} />
        </Stack>
    );
}

export function RunView({ id }: { id: string }) {
    const { t } = useTranslation();
    const query = useRun(id);
    return (
        <Page
            title={query.data?.run.info.run_name || t('tracking:ui.run')}
            lead={<Link to="/mlflow/">{t('tracking:ui.back')}</Link>}
        >
            <Loaded query={query}>{(data) => <RunDetails run={data.run} />}</Loaded>
        </Page>
    );
}
