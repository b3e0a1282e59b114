import { Select, Stack, Text } from '@mantine/core';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart, type Ink } from '../../components/Chart';
import { Section } from '../../components/Section';
import { Loaded } from '../../components/States';
import { formatNumber, formatPercent, formatTime } from '../../lib/format';
import { Shortened } from './Shortened';
import { useWindow, type Distribution, type Finding, type WindowDetails } from './queries';

const findingsShown = 12;

/** What a group is called: a category, all others, or from where to where. */
export function groupsOf(one: Distribution, others: string): string[] {
    if (one.edges.length === 0) return one.names.map((name) => name || others);
    return one.window.map(
        (_, i) => `${formatNumber(one.edges[i]!, 3)} – ${formatNumber(one.edges[i + 1]!, 3)}`,
    );
}

function useNames() {
    const { t } = useTranslation();
    return (role: string, column: string) => t(`drift:role.${role}`, { name: column });
}

function ThenAndNow({ one }: { one: Distribution }) {
    const { t } = useTranslation();
    const name = useNames()(one.role, one.column);
    const groups = groupsOf(one, t('monitoring:ui.others'));
    const option = useCallback(
        (ink: Ink) => ({
            grid: { left: 56, right: 16, top: 36, bottom: 56 },
            legend: { top: 0, textStyle: { color: ink.text } },
            tooltip: { trigger: 'axis', valueFormatter: (value: number) => formatPercent(value, 1) },
            xAxis: { type: 'category', data: groups, axisLabel: { rotate: 30, color: ink.text } },
            yAxis: {
                type: 'value',
                axisLabel: { formatter: (value: number) => formatPercent(value), color: ink.text },
                splitLine: { lineStyle: { color: ink.line } },
            },
            series: [
                { type: 'bar', name: t('monitoring:ui.then'), data: one.reference, color: ink.bar },
                { type: 'bar', name: t('monitoring:ui.now'), data: one.window, color: ink.accent },
            ],
        }),
        // The groups follow from the distribution and the language.
        // eslint-disable-next-line react-hooks/exhaustive-deps
        [one, t],
    );
    const moved = one.window.map((share, i) => Math.abs(share - one.reference[i]!));
    const most = moved.indexOf(Math.max(...moved));
    return (
        <Chart
            summary={t('monitoring:ui.moved', {
                name,
                group: groups[most],
                before: formatPercent(one.reference[most] ?? 0, 1),
                now: formatPercent(one.window[most] ?? 0, 1),
            })}
            option={option}
            heads={[name, t('monitoring:ui.then'), t('monitoring:ui.now')]}
            rows={groups.map((group, i) => [
                group,
                formatPercent(one.reference[i]!, 1),
                formatPercent(one.window[i]!, 1),
            ])}
        />
    );
}

function Findings({ findings }: { findings: readonly Finding[] }) {
    const { t } = useTranslation();
    const name = useNames();
    const figure = (finding: Finding, value: number | null | undefined) => {
        if (value == null) return '–';
        return finding.comparison.aspect === 'values' || finding.comparison.aspect === 'volume'
            ? formatNumber(value)
            : formatPercent(value, 1);
    };
    return (
        <Shortened
            label={t('monitoring:ui.findings')}
            rows={findings}
            most={findingsShown}
            rowKey={(_, i) => i}
            minWidth={720}
            columns={[
                {
                    key: 'what',
                    head: t('monitoring:ui.column'),
                    rowHead: true,
                    cell: ({ comparison: c }) =>
                        c.aspect === 'volume' ? t('drift:ui.volume') : name(c.role, c.column),
                },
                {
                    key: 'aspect',
                    head: t('monitoring:ui.aspect'),
                    cell: (f) => t(`drift:aspect.${f.comparison.aspect}`),
                },
                {
                    key: 'state',
                    head: t('monitoring:ui.state'),
                    cell: (f) => (
                        <>
                            {t(`monitoring:ui.standing.${f.state}`)}
                            {f.state !== 'stable' && ` (${t(`monitoring:ui.level.${f.level}`)})`}
                        </>
                    ),
                },
                {
                    key: 'before',
                    head: t('monitoring:ui.then'),
                    number: true,
                    cell: (f) => figure(f, f.comparison.reference_value),
                },
                {
                    key: 'now',
                    head: t('monitoring:ui.now'),
                    number: true,
                    cell: (f) => figure(f, f.comparison.value),
                },
                {
                    key: 'effect',
                    head: t('monitoring:ui.effect'),
                    number: true,
                    cell: ({ comparison: c }) => (
                        <>
                            {formatNumber(c.effect, 2)}{' '}
                            <span className="small-term">
                                ({t(`drift:test.${c.test}`)}, p {c.p_adjusted < 0.001 ? '<' : '='}{' '}
                                {formatNumber(Math.max(c.p_adjusted, 0.001), 2)})
                            </span>
                        </>
                    ),
                },
            ]}
        />
    );
}

function Details({ details, column }: { details: WindowDetails; column: string | undefined }) {
    const { t } = useTranslation();
    const name = useNames();
    const worst = details.findings[0]?.comparison;
    const key = (role: string, column: string) => `${role}:${column}`;
    const all = details.distributions.map((one) => key(one.role, one.column));
    const wanted = [column && key('input', column), worst && key(worst.role, worst.column)];
    const start = wanted.find((one) => one && all.includes(one)) ?? all[0];
    const [chosen, setChosen] = useState(start ?? '');
    const one = details.distributions.find((d) => key(d.role, d.column) === chosen);
    return (
        <Stack>
            <Text maw={720}>{details.window.sentence}</Text>
            {one && (
                <>
                    <Select
                        label={t('monitoring:ui.column')}
                        allowDeselect={false}
                        searchable
                        w={{ base: '100%', sm: 320 }}
                        data={details.distributions.map((d) => ({
                            value: key(d.role, d.column),
                            label: name(d.role, d.column),
                        }))}
                        value={chosen}
                        onChange={(value) => setChosen(value ?? '')}
                    />
                    <ThenAndNow one={one} />
                </>
            )}
            <Findings findings={details.findings} />
        </Stack>
    );
}

/** One window: what was there when the model was trained, and what is there now. */
interface WindowPartProps {
    model: number;
    id: number;
    from: number;
    /** The column that was chosen elsewhere. */
    column: string | undefined;
}

export function WindowPart({ model, id, from, column }: WindowPartProps) {
    const { t } = useTranslation();
    const details = useWindow(model, id);
    return (
        <Section
            title={t('monitoring:ui.then_and_now')}
            text={t('monitoring:ui.window_of', { when: formatTime(from) })}
        >
            <Loaded query={details}>{(data) => <Details details={data} column={column} />}</Loaded>
        </Section>
    );
}
