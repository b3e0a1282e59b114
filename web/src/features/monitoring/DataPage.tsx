import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { ErrorNote, Loaded, NotFound, Notice } from '../../components/States';
import { formatAgo, formatInteger, formatTime } from '../../lib/format';
import { tryPath } from '../training/VerdictView';
import { EffectTimeline } from './EffectTimeline';
import { HeatMap } from './HeatMap';
import { QualityPart } from './QualityPart';
import { useCheck, useDatasetMonitoring, type DatasetMonitoring, type ModelMonitoring } from './queries';
import { Shortened } from './Shortened';
import { isAlarm, nameOf, StandingWord, standingOf } from './state';
import { WindowPart } from './WindowPart';

/** What happened, what to do, and the one button for it. */
function Verdict({ monitoring }: { monitoring: ModelMonitoring }) {
    const { t } = useTranslation();
    const { summary } = monitoring;
    const { model, last } = summary;
    const check = useCheck(model.id);
    const standing = standingOf(last);
    const retrain = standing === 'worse' || (standing === 'drifted' && last?.action !== 'mend_source');
    const waits = summary.waiting_rows > 0;
    return (
        <Stack
            className="card verdict"
            data-good={standing === 'stable' || undefined}
            data-quiet={!isAlarm(standing) || undefined}
            p={{ base: 'lg', sm: 32 }}
            gap="md"
        >
            <StandingWord standing={standing} />
            <p className="sentence" style={{ margin: 0 }}>
                {last?.sentence ?? t('monitoring:ui.waiting', { rows: summary.predictions })}
            </p>
            {last && <Text>{last.advice}</Text>}
            <Text c="dimmed" size="sm">
                {t('monitoring:ui.kept', {
                    rows: summary.predictions,
                    waiting: summary.waiting_rows,
                    when: summary.last_at_ms == null ? '–' : formatAgo(summary.last_at_ms),
                })}
            </Text>
            {check.error && <ErrorNote error={check.error} />}
            <Group>
                {retrain && (
                    <Button component={Link} to={`/view/${model.dataset_id}/?tab=predict`}>
                        {t('monitoring:ui.retrain')}
                    </Button>
                )}
                <Button
                    variant={!retrain && waits ? 'filled' : 'default'}
                    loading={check.isPending || summary.is_checking}
                    onClick={() => check.mutate()}
                >
                    {t('monitoring:ui.check')}
                </Button>
                <Button
                    component={Link}
                    variant={retrain || waits ? 'subtle' : 'filled'}
                    to={tryPath(model.dataset_id, model.name)}
                >
                    {t('monitoring:ui.predict')}
                </Button>
                <Button component={Link} variant="subtle" to="/mlflow/?tab=models">
                    {t('monitoring:ui.promote')}
                </Button>
            </Group>
            {retrain && (
                <Text size="sm" c="dimmed">
                    {t('monitoring:ui.retrain_hint')}
                </Text>
            )}
        </Stack>
    );
}

const windowsShown = 12;

interface WindowsProps {
    monitoring: ModelMonitoring;
    chosen: number;
    onChoose: (id: number) => void;
}

function Windows({ monitoring, chosen, onChoose }: WindowsProps) {
    const { t } = useTranslation();
    return (
        <Shortened
            rows={[...monitoring.timeline].reverse()}
            most={windowsShown}
            label={t('monitoring:ui.windows')}
            rowKey={(window) => window.id}
            minWidth={640}
            columns={[
                {
                    key: 'when',
                    head: t('monitoring:ui.window'),
                    rowHead: true,
                    cell: (window) => (
                        <Button
                            size="compact-sm"
                            variant={window.id === chosen ? 'light' : 'subtle'}
                            aria-pressed={window.id === chosen}
                            onClick={() => onChoose(window.id)}
                        >
                            {formatTime(window.from_ms)}
                        </Button>
                    ),
                },
                {
                    key: 'kind',
                    head: t('monitoring:ui.kind'),
                    cell: (window) => t(`monitoring:ui.kinds.${window.kind}`),
                },
                {
                    key: 'rows',
                    head: t('monitoring:ui.predictions'),
                    number: true,
                    cell: (window) => formatInteger(window.rows),
                },
                {
                    key: 'state',
                    head: t('monitoring:ui.state'),
                    cell: (window) => <StandingWord standing={standingOf(window)} />,
                },
                {
                    key: 'columns',
                    head: t('monitoring:ui.columns'),
                    cell: (window) => window.columns.join(', ') || '–',
                },
            ]}
        />
    );
}

function ModelPart({ monitoring }: { monitoring: ModelMonitoring }) {
    const { t } = useTranslation();
    const { timeline, summary } = monitoring;
    const [wanted, setWanted] = useState<number>();
    const [column, setColumn] = useState<string>();
    const shown = timeline.find((window) => window.id === wanted) ?? timeline.at(-1);
    return (
        <Stack component="article" gap={40} aria-label={nameOf(summary)}>
            <Section title={nameOf(summary)} term={summary.model.name}>
                <Verdict monitoring={monitoring} />
            </Section>
            {shown && (
                <>
                    <Section title={t('monitoring:ui.windows')} text={t('monitoring:ui.windows_text')}>
                        <Windows monitoring={monitoring} chosen={shown.id} onChoose={setWanted} />
                    </Section>
                    <Section
                        title={t('monitoring:ui.heat.title')}
                        term={t('monitoring:ui.heat.term')}
                        text={t('monitoring:ui.heat.text')}
                    >
                        <EffectTimeline windows={timeline} />
                        <HeatMap
                            windows={timeline.slice(-30)}
                            chosen={shown.id}
                            column={column}
                            onChoose={setWanted}
                            onColumn={setColumn}
                        />
                    </Section>
                    <WindowPart
                        key={`${shown.id} ${column}`}
                        model={summary.model.id}
                        id={shown.id}
                        from={shown.from_ms}
                        column={column}
                    />
                    <QualityPart monitoring={monitoring} />
                </>
            )}
        </Stack>
    );
}

function Content({ data }: { data: DatasetMonitoring }) {
    const { t } = useTranslation();
    if (data.models.length === 0) {
        return (
            <Notice
                title={t('monitoring:ui.none.title')}
                action={
                    <Button component={Link} to={`/view/${data.dataset_id}/`}>
                        {t('monitoring:ui.none.dataset')}
                    </Button>
                }
            >
                {t('monitoring:ui.none.text')}
            </Notice>
        );
    }
    return (
        <Stack gap={72}>
            {data.models.map((one) => (
                <ModelPart key={one.summary.model.id} monitoring={one} />
            ))}
        </Stack>
    );
}

/** The models in use that were trained from one data set: what has changed since, and what to do. */
export default function DataPage() {
    const { t } = useTranslation();
    const pk = Number(useParams().pk);
    const monitoring = useDatasetMonitoring(pk);
    if (!Number.isSafeInteger(pk)) return <NotFound />;
    const name = monitoring.data?.dataset_name ?? '';
    return (
        <Page
            title={t('monitoring:ui.data_title', { name })}
            lead={<Link to="/monitoring/">{t('monitoring:ui.back')}</Link>}
        >
            <Loaded query={monitoring}>{(data) => <Content data={data} />}</Loaded>
        </Page>
    );
}
