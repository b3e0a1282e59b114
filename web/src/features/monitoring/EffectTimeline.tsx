import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart, type Ink } from '../../components/Chart';
import { formatFixed, formatMoment, formatTime } from '../../lib/format';
import { farthest } from './HeatMap';
import type { Window } from './queries';

/** The farthest column of each window. */
export function EffectTimeline({ windows }: { windows: readonly Window[] }) {
    const { t } = useTranslation();
    const option = useCallback(
        (ink: Ink) => ({
            grid: { left: 48, right: 16, top: 16, bottom: 28 },
            tooltip: { trigger: 'axis' },
            xAxis: { type: 'category', data: windows.map((window) => formatMoment(window.from_ms)) },
            yAxis: {
                type: 'value',
                min: 0,
                axisLabel: { formatter: (value: number) => formatFixed(value, 2) },
                splitLine: { lineStyle: { color: ink.line } },
            },
            series: [
                {
                    type: 'line',
                    name: t('monitoring:ui.effect'),
                    data: windows.map((window) => farthest(window).effect),
                    color: ink.accent,
                    symbolSize: 8,
                },
            ],
        }),
        [windows, t],
    );
    const last = windows.at(-1);
    if (!last || windows.length < 2) return null;
    const { column, effect } = farthest(last);
    return (
        <Chart
            height={180}
            summary={t('monitoring:ui.farthest', { column, effect: formatFixed(effect, 2) })}
            option={option}
            heads={[t('monitoring:ui.window'), t('monitoring:ui.column'), t('monitoring:ui.effect')]}
            rows={windows.map((window) => {
                const one = farthest(window);
                return [formatTime(window.from_ms), one.column, formatFixed(one.effect, 2)];
            })}
        />
    );
}
