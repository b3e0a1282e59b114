import { Stack, Table, Text, UnstyledButton } from '@mantine/core';
import { useComputedColorScheme } from '@mantine/core';
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

echarts.use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

export type ChartOption = echarts.EChartsCoreOption;

/** Colours of the page as the charts need them. */
export interface Ink {
    bar: string;
    accent: string;
    text: string;
    line: string;
}

interface ChartProps {
    /** What the chart shows, in one sentence that says the finding: read aloud in place of the picture. */
    summary: string;
    option: (ink: Ink) => ChartOption;
    height?: number;
    heads: string[];
    rows: (string | number)[][];
}

function ink(element: Element): Ink {
    const style = getComputedStyle(element);
    const color = (name: string) => style.getPropertyValue(name).trim();
    return {
        bar: color('--csva-bar'),
        accent: color('--csva-accent'),
        text: color('--mantine-color-text'),
        line: color('--csva-line'),
    };
}

function ChartTable({
    id,
    heads,
    rows,
    label,
}: {
    id: string;
    heads: string[];
    rows: (string | number)[][];
    label: string;
}) {
    return (
        <Table id={id} aria-label={label} fz="sm" maw={520}>
            <Table.Thead>
                <Table.Tr>
                    {heads.map((head, i) => (
                        <Table.Th key={head} scope="col" className={i > 0 ? 'number' : undefined}>
                            {head}
                        </Table.Th>
                    ))}
                </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
                {rows.map((row, i) => (
                    <Table.Tr key={i}>
                        {row.map((cell, j) => (
                            <Table.Td key={j} className={j > 0 ? 'number' : undefined}>
                                {cell}
                            </Table.Td>
                        ))}
                    </Table.Tr>
                ))}
            </Table.Tbody>
        </Table>
    );
}

/** A chart that can be read three ways: as a picture, as a sentence, as a table. */
export function Chart({ summary, option, height = 240, heads, rows }: ChartProps) {
    const { t } = useTranslation();
    const box = useRef<HTMLDivElement>(null);
    const scheme = useComputedColorScheme('light');
    const [open, setOpen] = useState(false);
    const tableId = useId();
    useEffect(() => {
        const element = box.current;
        if (!element || element.clientWidth === 0) return;
        const chart = echarts.init(element, undefined, { renderer: 'svg' });
        chart.setOption({ animation: false, ...option(ink(element)) });
        const observer = new ResizeObserver(() => chart.resize());
        observer.observe(element);
        return () => {
            observer.disconnect();
            chart.dispose();
        };
    }, [option, scheme]);
    return (
        <Stack component="figure" gap={4} m={0}>
            <Text component="figcaption" size="sm">
                {summary}
            </Text>
            <div ref={box} role="img" aria-label={summary} style={{ height, width: '100%' }} />
            <div>
                <UnstyledButton
                    fz="sm"
                    c="var(--csva-accent)"
                    td="underline"
                    py={4}
                    aria-expanded={open}
                    aria-controls={open ? tableId : undefined}
                    onClick={() => setOpen(!open)}
                >
                    {t(open ? 'base:ui.chart.hide_table' : 'base:ui.chart.table')}
                </UnstyledButton>
            </div>
            {open && <ChartTable id={tableId} heads={heads} rows={rows} label={summary} />}
        </Stack>
    );
}
