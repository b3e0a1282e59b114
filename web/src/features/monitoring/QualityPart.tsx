import { Select, Stack, Text } from '@mantine/core';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart, type Ink } from '../../components/Chart';
import { Section } from '../../components/Section';
import { formatFixed, formatTime } from '../../lib/format';
import { textOr } from '../../lib/i18n';
import type { ModelMonitoring, QualityScore, Window } from './queries';

const find = (scores: readonly QualityScore[], name: string) => scores.find((one) => one.name === name);
const shown = (score: QualityScore | undefined) =>
    score
        ? `${formatFixed(score.value, 3)} (${formatFixed(score.interval.low, 3)}–${formatFixed(score.interval.high, 3)})`
        : '–';

/** Scores that some window has, those of training first. */
export function scoresOf({ quality_when_trained, timeline }: ModelMonitoring): string[] {
    const there = new Set(
        timeline.flatMap(({ quality }) => [...quality.measured, ...quality.estimated].map((one) => one.name)),
    );
    const first = quality_when_trained.map((one) => one.name).filter((name) => there.has(name));
    return [...new Set([...first, ...there])];
}

function Timeline({ monitoring, name }: { monitoring: ModelMonitoring; name: string }) {
    const { t } = useTranslation();
    const { timeline } = monitoring;
    const before = find(monitoring.quality_when_trained, name);
    const option = useCallback(
        (ink: Ink) => ({
            grid: { left: 56, right: 16, top: 36, bottom: 28 },
            legend: { top: 0, textStyle: { color: ink.text } },
            tooltip: { trigger: 'axis' },
            xAxis: { type: 'category', data: timeline.map((window) => formatTime(window.from_ms)) },
            yAxis: {
                type: 'value',
                scale: true,
                axisLabel: { formatter: (value: number) => formatFixed(value, 3) },
                splitLine: { lineStyle: { color: ink.line } },
            },
            series: [
                {
                    type: 'line',
                    name: t('monitoring:ui.quality.measured'),
                    data: timeline.map(({ quality }) => find(quality.measured, name)?.value ?? null),
                    symbol: 'circle',
                    symbolSize: 9,
                    color: ink.accent,
                    connectNulls: true,
                },
                {
                    type: 'line',
                    name: t('monitoring:ui.quality.estimated'),
                    data: timeline.map(({ quality }) => find(quality.estimated, name)?.value ?? null),
                    symbol: 'emptyTriangle',
                    symbolSize: 9,
                    lineStyle: { type: 'dashed' },
                    color: '#b4531b',
                    connectNulls: true,
                },
                ...(['low', 'high'] as const).map((end) => ({
                    type: 'line',
                    name: t('monitoring:ui.quality.interval'),
                    data: timeline.map(
                        ({ quality }) =>
                            (find(quality.measured, name) ?? find(quality.estimated, name))?.interval[end] ??
                            null,
                    ),
                    symbol: 'none',
                    lineStyle: { type: 'dotted', width: 1 },
                    color: ink.bar,
                    connectNulls: true,
                })),
                ...(before
                    ? [
                          {
                              type: 'line',
                              name: t('monitoring:ui.quality.before'),
                              data: timeline.map(() => before.value),
                              symbol: 'diamond',
                              symbolSize: 6,
                              lineStyle: { width: 1 },
                              color: ink.text,
                          },
                      ]
                    : []),
            ],
        }),
        [timeline, name, before, t],
    );
    const last = [...timeline].reverse().find(({ quality }) => find(quality.measured, name));
    const summary = t(last ? 'monitoring:ui.quality.summary' : 'monitoring:ui.quality.no_labels', {
        score: textOr(t, `training:ui.score.${name}`, name),
        value: last ? formatFixed(find(last.quality.measured, name)!.value, 3) : '',
        before: before ? formatFixed(before.value, 3) : '–',
    });
    const rows = timeline.map((window) => [
        formatTime(window.from_ms),
        shown(find(window.quality.measured, name)),
        shown(find(window.quality.estimated, name)),
    ]);
    return (
        <Chart
            summary={summary}
            option={option}
            heads={[
                t('monitoring:ui.window'),
                t('monitoring:ui.quality.measured'),
                t('monitoring:ui.quality.estimated'),
            ]}
            rows={rows}
        />
    );
}

const alarmsOf = (windows: readonly Window[]) => windows.flatMap((window) => window.quality.alarms);

/** How good the answers are over time: measured where labels came, estimated where they did not. */
export function QualityPart({ monitoring }: { monitoring: ModelMonitoring }) {
    const { t } = useTranslation();
    const names = scoresOf(monitoring);
    const [name, setName] = useState(names[0] ?? '');
    const alarms = alarmsOf(monitoring.timeline);
    if (names.length === 0) return null;
    return (
        <Section title={t('monitoring:ui.quality.title')} text={t('monitoring:ui.quality.text')}>
            <Stack>
                <Select
                    label={t('monitoring:ui.quality.score')}
                    allowDeselect={false}
                    w={{ base: '100%', sm: 320 }}
                    data={names.map((value) => ({
                        value,
                        label: textOr(t, `training:ui.score.${value}`, value),
                    }))}
                    value={name}
                    onChange={(value) => setName(value ?? '')}
                />
                <Timeline monitoring={monitoring} name={name} />
                {alarms.length > 0 && (
                    <Text size="sm">
                        {t('monitoring:ui.quality.alarms', {
                            count: alarms.length,
                            when: formatTime(Math.max(...alarms.map((one) => one.at_ms))),
                        })}{' '}
                        <span className="small-term">
                            ({[...new Set(alarms.map((one) => one.detector))].join(', ')})
                        </span>
                    </Text>
                )}
            </Stack>
        </Section>
    );
}
