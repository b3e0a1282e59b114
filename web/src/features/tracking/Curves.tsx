import { Select, Stack } from '@mantine/core';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart, type Ink } from '../../components/Chart';
import { Loaded } from '../../components/States';
import { pointsOf, shownMetric } from './metrics';
import { useHistories, type Metric } from './queries';

interface CurveProps {
    metric: string;
    names: string[];
    histories: Metric[][];
}

/** One metric of one or more runs over its steps, each run with a line of its own. */
function Curve({ metric, names, histories }: CurveProps) {
    const { t } = useTranslation();
    const option = useCallback(
        (ink: Ink) => ({
            color: [ink.accent, '#b4531b', '#3b5bdb', '#8a3f8f', '#5c6b00'],
            grid: { left: 60, right: 16, top: 16, bottom: 36 },
            tooltip: { trigger: 'axis', valueFormatter: shownMetric },
            xAxis: {
                type: 'value',
                name: t('tracking:ui.step'),
                nameLocation: 'middle',
                nameGap: 24,
                axisLabel: { formatter: shownMetric },
            },
            yAxis: {
                type: 'value',
                scale: true,
                splitLine: { lineStyle: { color: ink.line } },
                axisLabel: { formatter: shownMetric },
            },
            series: histories.map((history, i) => ({
                type: 'line',
                name: names[i],
                data: pointsOf(history),
                symbol: ['circle', 'triangle', 'rect', 'diamond'][i % 4],
                lineStyle: { type: (['solid', 'dashed', 'dotted'] as const)[i % 3], width: 2 },
            })),
        }),
        [histories, names, t],
    );
    const last = histories.map((history) => pointsOf(history).at(-1)?.[1]);
    const summary = names
        .map((name, i) =>
            t('tracking:ui.curve', {
                metric,
                name,
                value: last[i] === undefined ? '–' : shownMetric(last[i]),
            }),
        )
        .join(' ');
    const rows = histories.flatMap((history, i) =>
        pointsOf(history).map(([step, value]) => [names[i]!, step, shownMetric(value)]),
    );
    return (
        <Chart
            summary={summary}
            option={option}
            heads={[t('tracking:ui.runs.name'), t('tracking:ui.step'), metric]}
            rows={rows}
        />
    );
}

/** Curves of one metric, which is chosen above them. */
export function Curves({ runs, names, metrics }: { runs: string[]; names: string[]; metrics: string[] }) {
    const { t } = useTranslation();
    const [metric, setMetric] = useState(metrics[0] ?? '');
    const histories = useHistories(runs, metric);
    return (
        <Stack>
            <Select
                label={t('tracking:ui.metric')}
                allowDeselect={false}
                w={{ base: '100%', sm: 320 }}
                data={metrics}
                value={metric}
                onChange={(key) => setMetric(key ?? '')}
            />
            <Loaded query={histories}>
                {(data) => <Curve metric={metric} names={names} histories={data} />}
            </Loaded>
        </Stack>
    );
}
