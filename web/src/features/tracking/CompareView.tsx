import { Group, Stack } from '@mantine/core';
import { ParallelChart } from 'echarts/charts';
import { ParallelComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Chart, type Ink } from '../../components/Chart';
import { DataTable } from '../../components/DataTable';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { Loaded } from '../../components/States';
import { Curves } from './Curves';
import { metricOf, namesOf, paramOf, shownMetric } from './metrics';
import { useRunsById, type Run } from './queries';

echarts.use([ParallelChart, ParallelComponent]);

/** Metrics of all runs at once, each run a line through its values (parallel coordinates). */
function Parallel({ runs, metrics }: { runs: Run[]; metrics: string[] }) {
    const { t } = useTranslation();
    const option = useCallback(
        (ink: Ink) => ({
            parallel: { left: 48, right: 64, top: 40, bottom: 24 },
            parallelAxis: metrics.map((name, dim) => ({
                dim,
                name,
                scale: true,
                nameTextStyle: { color: ink.text },
                axisLabel: { color: ink.text, formatter: shownMetric },
            })),
            series: {
                type: 'parallel',
                smooth: false,
                lineStyle: { width: 2, color: ink.accent },
                data: runs.map((run) => metrics.map((key) => metricOf(run, key)?.value ?? NaN)),
            },
        }),
        [runs, metrics],
    );
    return (
        <Chart
            summary={t('tracking:ui.compare.parallel', { runs: runs.length, metrics: metrics.length })}
            option={option}
            heads={[t('tracking:ui.runs.name'), ...metrics]}
            rows={runs.map((run) => [
                run.info.run_name,
                ...metrics.map((key) => shownMetric(metricOf(run, key)?.value ?? '')),
            ])}
        />
    );
}

interface Line {
    key: string;
    values: string[];
}

function Differences({ title, lines, runs }: { title: string; lines: Line[]; runs: Run[] }) {
    const { t } = useTranslation();
    if (lines.length === 0) return null;
    return (
        <Section title={title}>
            <DataTable
                label={title}
                rows={lines}
                rowKey={(line) => line.key}
                minWidth={240 + runs.length * 160}
                columns={[
                    { key: 'key', head: t('tracking:ui.key'), rowHead: true, cell: (line) => line.key },
                    ...runs.map((run, i) => ({
                        key: run.info.run_id,
                        head: run.info.run_name,
                        cell: (line: Line) => line.values[i],
                    })),
                ]}
            />
        </Section>
    );
}

function Compared({ runs }: { runs: Run[] }) {
    const { t } = useTranslation();
    const metrics = namesOf(runs, 'metrics');
    const params = namesOf(runs, 'params').map((key) => ({
        key,
        values: runs.map((run) => paramOf(run, key) ?? '–'),
    }));
    const scores = metrics.map((key) => ({
        key,
        values: runs.map((run) => shownMetric(metricOf(run, key)?.value ?? '–')),
    }));
    const differ = (line: Line) => new Set(line.values).size > 1;
    const common = metrics.filter((key) =>
        runs.every((run) => typeof metricOf(run, key)?.value === 'number'),
    );
    return (
        <Stack gap={48}>
            <Group gap="lg">
                {runs.map((run) => (
                    <Link key={run.info.run_id} to={`/mlflow/?run=${run.info.run_id}`}>
                        {run.info.run_name}
                    </Link>
                ))}
            </Group>
            <Differences title={t('tracking:ui.metrics')} lines={scores} runs={runs} />
            <Differences title={t('tracking:ui.compare.params')} lines={params.filter(differ)} runs={runs} />
            {common.length > 1 && (
                <Section
                    title={t('tracking:ui.compare.together')}
                    term={t('tracking:ui.compare.together_term')}
                >
                    <Parallel runs={runs} metrics={common.slice(0, 8)} />
                </Section>
            )}
            {metrics.length > 0 && (
                <Section title={t('tracking:ui.compare.curves')}>
                    <Curves
                        runs={runs.map((run) => run.info.run_id)}
                        names={runs.map((run) => run.info.run_name)}
                        metrics={metrics}
                    />
                </Section>
            )}
        </Stack>
    );
}

export function CompareView({ ids }: { ids: string[] }) {
    const { t } = useTranslation();
    const query = useRunsById(ids);
    return (
        <Page
            title={t('tracking:ui.compare.title', { count: ids.length })}
            lead={<Link to="/mlflow/">{t('tracking:ui.back')}</Link>}
        >
            <Loaded query={query}>{(runs) => <Compared runs={runs} />}</Loaded>
        </Page>
    );
}
