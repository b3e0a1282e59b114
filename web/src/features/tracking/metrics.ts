import { formatNumber } from '../../lib/format';
import type { Metric, Run } from './queries';

/** A metric's value for a person; NaN and the infinities keep their word. */
export const shownMetric = (value: number | string) =>
    typeof value === 'number' ? formatNumber(value) : value;

export const metricOf = (run: Run, key: string) => run.data.metrics?.find((metric) => metric.key === key);
export const paramOf = (run: Run, key: string) => run.data.params?.find((param) => param.key === key)?.value;

/** Names in the runs, the most frequent first. */
export function namesOf(runs: readonly Run[], part: 'metrics' | 'params'): string[] {
    const counts = new Map<string, number>();
    for (const run of runs)
        for (const { key } of run.data[part] ?? []) counts.set(key, (counts.get(key) ?? 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([key]) => key);
}

/** Points by step; those that are no number are left out. */
export const pointsOf = (history: readonly Metric[]) =>
    history
        .filter((point) => typeof point.value === 'number')
        .map((point) => [point.step, point.value as number] as const)
        .sort((a, b) => a[0] - b[0]);
