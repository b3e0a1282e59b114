import { Button, Group, ScrollArea, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatFixed, formatMoment } from '../../lib/format';
import type { Window } from './queries';

const shownColumns = 15;
/** Where an effect becomes slight, clear, strong; as the server judges. */
const steps = [0.05, 0.1, 0.2];
export const levelOf = (effect: number) => steps.filter((step) => effect >= step).length;
const levels = ['none', 'slight', 'clear', 'strong'] as const;

/** Columns with the largest effects first: over all windows, the newest counting as much as any. */
export function columnsOf(windows: readonly Window[]): string[] {
    const most = new Map<string, number>();
    for (const window of windows)
        for (const [column, effect] of Object.entries(window.effects))
            most.set(column, Math.max(most.get(column) ?? 0, effect));
    return [...most.entries()].sort((a, b) => b[1] - a[1]).map(([column]) => column);
}

/** The column of a window that is farthest from when the model was trained. */
export function farthest(window: Window) {
    const [column, effect] = Object.entries(window.effects).sort((a, b) => b[1] - a[1])[0] ?? ['–', 0];
    return { column, effect };
}

interface HeatMapProps {
    windows: readonly Window[];
    chosen: number;
    column: string | undefined;
    onChoose: (id: number) => void;
    onColumn: (column: string) => void;
}

function Legend() {
    const { t } = useTranslation();
    return (
        <Group gap="md">
            {levels.map((level, i) => (
                <Group key={level} gap={6}>
                    <span
                        className="heat"
                        data-level={i}
                        aria-hidden="true"
                        style={{ width: 18, height: 18 }}
                    />
                    <Text size="sm">
                        {t(`monitoring:ui.level.${level}`)}
                        {i > 0 && ` ≥ ${formatFixed(steps[i - 1]!, 2)}`}
                    </Text>
                </Group>
            ))}
        </Group>
    );
}

/** Columns by windows; a cell is as dark as the column is far from when the model was trained, and says so in figures. */
export function HeatMap({ windows, chosen, column: shownColumn, onChoose, onColumn }: HeatMapProps) {
    const { t } = useTranslation();
    const [all, setAll] = useState(false);
    const columns = columnsOf(windows);
    const shown = all ? columns : columns.slice(0, shownColumns);
    return (
        <Stack gap="sm">
            <Legend />
            <ScrollArea
                className="card"
                type="auto"
                viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('monitoring:ui.heat.title') }}
            >
                <table className="heat-map" aria-label={t('monitoring:ui.heat.title')}>
                    <thead>
                        <tr>
                            <th scope="col">{t('monitoring:ui.column')}</th>
                            {windows.map((window) => (
                                <th key={window.id} scope="col">
                                    <button
                                        type="button"
                                        aria-pressed={window.id === chosen}
                                        aria-label={t('monitoring:ui.show_window', {
                                            when: formatMoment(window.from_ms),
                                        })}
                                        onClick={() => onChoose(window.id)}
                                    >
                                        {formatMoment(window.from_ms)}
                                    </button>
                                </th>
                            ))}
                        </tr>
                    </thead>
                    <tbody>
                        {shown.map((column) => (
                            <tr key={column}>
                                <th scope="row">
                                    <button
                                        type="button"
                                        aria-pressed={column === shownColumn}
                                        onClick={() => onColumn(column)}
                                    >
                                        {column}
                                    </button>
                                </th>
                                {windows.map((window) => {
                                    const effect = window.effects[column];
                                    return (
                                        <td
                                            key={window.id}
                                            className="heat"
                                            data-level={effect === undefined ? undefined : levelOf(effect)}
                                        >
                                            {effect === undefined ? '–' : formatFixed(effect, 2)}
                                            {effect !== undefined && levelOf(effect) > 0 && (
                                                <span className="visually-hidden">
                                                    {' '}
                                                    {t(`monitoring:ui.level.${levels[levelOf(effect)]!}`)}
                                                </span>
                                            )}
                                        </td>
                                    );
                                })}
                            </tr>
                        ))}
                    </tbody>
                </table>
            </ScrollArea>
            {columns.length > shownColumns && (
                <div>
                    <Button variant="default" size="xs" onClick={() => setAll(!all)}>
                        {t(all ? 'monitoring:ui.fewer' : 'monitoring:ui.all', { count: columns.length })}
                    </Button>
                </div>
            )}
        </Stack>
    );
}
