import { Button, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { DataTable } from '../../components/DataTable';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { Loaded, Notice } from '../../components/States';
import { formatAgo, formatInteger, formatNumber, formatPercent } from '../../lib/format';
import { useHealth, useOverview, type WatchedModel } from './queries';
import { nameOf, StandingWord, standingOf, worstFirst } from './state';

export const dataPath = (pk: number) => `/monitoring/${pk}/data/`;

function Models({ models }: { models: WatchedModel[] }) {
    const { t } = useTranslation();
    if (models.length === 0) {
        return (
            <Notice
                title={t('monitoring:ui.none.title')}
                action={
                    <Button component={Link} to="/">
                        {t('monitoring:ui.none.action')}
                    </Button>
                }
            >
                {t('monitoring:ui.none.text')}
            </Notice>
        );
    }
    return (
        <DataTable
            label={t('monitoring:ui.models')}
            rows={worstFirst(models)}
            rowKey={(one) => one.model.id}
            minWidth={720}
            columns={[
                {
                    key: 'model',
                    head: t('monitoring:ui.model'),
                    rowHead: true,
                    cell: (one) => (
                        <>
                            <Link to={dataPath(one.model.dataset_id)}>{nameOf(one)}</Link>
                            <Text size="xs" c="dimmed">
                                {one.dataset_name} · {one.model.target}
                            </Text>
                        </>
                    ),
                },
                {
                    key: 'state',
                    head: t('monitoring:ui.state'),
                    prose: true,
                    cell: (one) => (
                        <>
                            <StandingWord standing={standingOf(one.last)} />
                            <Text size="sm" maw={520}>
                                {one.last?.sentence ?? t('monitoring:ui.waiting', { rows: one.predictions })}
                            </Text>
                        </>
                    ),
                },
                {
                    key: 'kept',
                    head: t('monitoring:ui.predictions'),
                    number: true,
                    cell: (one) => (
                        <>
                            {formatInteger(one.predictions)}
                            {one.waiting_rows > 0 && (
                                <Text size="xs" c="dimmed">
                                    {t('monitoring:ui.unjudged', { rows: one.waiting_rows })}
                                </Text>
                            )}
                        </>
                    ),
                },
                {
                    key: 'last',
                    head: t('monitoring:ui.last'),
                    cell: (one) => (one.last_at_ms == null ? '–' : formatAgo(one.last_at_ms)),
                },
            ]}
        />
    );
}

/** What an ops person looks at first, in plain words. */
function Health() {
    const { t } = useTranslation();
    const health = useHealth();
    return (
        <Section title={t('monitoring:ui.health.title')} text={t('monitoring:ui.health.text')}>
            <Loaded query={health}>
                {(data) => {
                    const { requests, server_errors, latency } = data;
                    const ms = (seconds: number | null | undefined) =>
                        typeof seconds === 'number' ? `${formatNumber(seconds * 1000, 3)} ms` : '–';
                    const facts = [
                        ['requests', formatInteger(requests)],
                        ['errors', requests > 0 ? formatPercent(server_errors / requests, 2) : '–'],
                        ['p50', ms(latency.p50_s)],
                        ['p99', ms(latency.p99_s)],
                        ['jobs', formatInteger(data.counts.jobs ?? 0)],
                    ] as const;
                    return (
                        <Group component="dl" gap="xl" m={0}>
                            {facts.map(([key, value]) => (
                                <div key={key}>
                                    <Text component="dt" size="sm" c="dimmed">
                                        {t(`monitoring:ui.health.${key}`)}
                                    </Text>
                                    <Text component="dd" m={0} fw={650} fz="lg">
                                        {value}
                                    </Text>
                                </div>
                            ))}
                        </Group>
                    );
                }}
            </Loaded>
        </Section>
    );
}

/** All models in use at a glance, the worst first, and the health of the service. */
export default function OverviewPage() {
    const { t } = useTranslation();
    const overview = useOverview();
    return (
        <Page title={t('monitoring:ui.title')} lead={t('monitoring:ui.lead')}>
            <Stack gap={48}>
                <Loaded query={overview}>{(data) => <Models models={data.models} />}</Loaded>
                <Health />
            </Stack>
        </Page>
    );
}
