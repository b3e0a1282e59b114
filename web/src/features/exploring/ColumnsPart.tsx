import { Badge, Button, Group, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart, type Ink } from '../../components/Chart';
import { DataTable } from '../../components/DataTable';
import { MiniBars } from '../../components/MiniBars';
import { Section } from '../../components/Section';
import { currentLanguage } from '../../lib/i18n';
import { formatInteger, formatNumber, formatPercent } from '../../lib/format';
import { barsOf, columnSentence, isMoment, isNumber, edgeText } from './describe';
import type { ColumnProfile, Profile } from './types';

/** Stops the page from drawing thousands of cards at once. */
const cardsAtOnce = 24;

export function TypeBadge({ type }: { type: string }) {
    const { t } = useTranslation();
    return (
        <Badge variant="default" size="sm" tt="none" fw={500} miw="max-content">
            {t(`exploring:ui.type.${type}`)}
        </Badge>
    );
}

function Alerts({ names }: { names: string[] }) {
    const { t } = useTranslation();
    return names.map((name) => (
        <Badge
            key={name}
            variant="outline"
            color="var(--csva-warn)"

            size="sm"
            tt="none"
            fw={500}
        >
            {t(`exploring:ui.alert.${name}`)}
        </Badge>
    ));
}

function barOption(bars: { label: string; count: number }[], ordered: boolean, ink: Ink) {
    const axis = { axisLine: { lineStyle: { color: ink.line } }, axisTick: { show: false } };
    const names = { type: 'category' as const, data: bars.map((bar) => bar.label), ...axis };
    const counts = {
        type: 'value' as const,
        splitLine: { lineStyle: { color: ink.line } },
        axisLabel: { color: ink.text, hideOverlap: true },
    };
    const label = { color: ink.text, hideOverlap: true, width: 130, overflow: 'truncate' as const };
    return {
        grid: { left: 4, right: 12, top: 8, bottom: 4, outerBoundsMode: 'same' },
        tooltip: { trigger: 'axis' },
        xAxis: ordered ? { ...names, axisLabel: label } : counts,
        yAxis: ordered ? counts : { ...names, inverse: true, axisLabel: label },
        series: [
            {
                type: 'bar',
                data: bars.map((bar) => bar.count),
                itemStyle: { color: ink.bar },
                barCategoryGap: ordered ? '4%' : '25%',
            },
        ],
    };
}

function figures(column: ColumnProfile): [string, string][] {
    const all = column.count + column.missing;
    const rows: [string, string][] = [
        ['missing', `${formatInteger(column.missing)} (${formatPercent(all ? column.missing / all : 0, 1)})`],
        ['distinct', `${column.distinct_exact ? '' : '≈ '}${formatInteger(column.distinct)}`],
    ];
    const numeric = isNumber(column.type);
    if (numeric && column.mean != null) rows.push(['mean', formatNumber(column.mean)]);
    if (numeric && column.standard_deviation != null)
        rows.push(['deviation', formatNumber(column.standard_deviation)]);
    if (numeric || isMoment(column.type)) {
        const names = ['q1', 'q5', 'q25', 'q50', 'q75', 'q95', 'q99'];
        column.quantiles.forEach((value, i) =>
            rows.push([names[i]!, edgeText(column.type, value, currentLanguage())]),
        );
    } else if (column.length_mean != null) rows.push(['length', formatNumber(column.length_mean, 3)]);
    return rows;
}

function ColumnDetail({ column }: { column: ColumnProfile }) {
    const { t } = useTranslation();
    const language = currentLanguage();
    const bars = barsOf(column, language);
    const option = useCallback(
        (ink: Ink) => barOption(barsOf(column, currentLanguage()), Boolean(column.histogram), ink),
        [column],
    );
    return (
        <Stack gap="sm">
            {bars.length > 0 && (
                <Chart
                    summary={columnSentence(t, column, language)}
                    option={option}
                    height={column.histogram ? 200 : Math.max(120, bars.length * 24)}
                    heads={[t('exploring:ui.value'), t('exploring:ui.count')]}
                    rows={bars.map((bar) => [bar.label, formatInteger(bar.count)])}
                />
            )}
            <DataTable
                label={column.name}
                rows={figures(column)}
                rowKey={([name]) => name}
                minWidth={0}
                columns={[
                    {
                        key: 'name',
                        head: t('exploring:ui.figure'),
                        rowHead: true,
                        cell: ([name]) => t(`exploring:ui.figures.${name}`),
                    },
                    { key: 'value', head: t('exploring:ui.value'), number: true, cell: ([, value]) => value },
                ]}
            />
        </Stack>
    );
}

function ColumnCard({ column }: { column: ColumnProfile }) {
    const { t } = useTranslation();
    const [open, setOpen] = useState(false);
    const language = currentLanguage();
    const bars = barsOf(column, language);
    const sentence = columnSentence(t, column, language);
    return (
        <Stack className="card" p="md" gap="xs" style={open ? { gridColumn: '1 / -1' } : undefined}>
            <Group justify="space-between" wrap="nowrap" align="flex-start">
                <Title order={3} size="h5" style={{ overflowWrap: 'anywhere' }}>
                    {column.name}
                </Title>
                <TypeBadge type={column.type} />
            </Group>
            {open ? (
                <ColumnDetail column={column} />
            ) : (
                <>
                    {bars.length > 0 && (
                        <MiniBars
                            counts={bars.map((bar) => bar.count)}
                            label={sentence}
                            width={240}
                            height={48}
                        />
                    )}
                    <Text size="sm">{sentence}</Text>
                </>
            )}
            <Group gap={6}>
                <Alerts names={column.alerts} />
            </Group>
            <Group>
                <Button
                    size="compact-sm"
                    variant="subtle"
                    px={0}
                    aria-expanded={open}
                    aria-label={t(open ? 'exploring:ui.less_about' : 'exploring:ui.more_about', {
                        name: column.name,
                    })}
                    onClick={() => setOpen(!open)}
                >
                    {t(open ? 'exploring:ui.less' : 'exploring:ui.detail')}
                </Button>
            </Group>
        </Stack>
    );
}

function Overview({ profile }: { profile: Profile }) {
    const { t } = useTranslation();
    const cells = profile.rows * profile.column_count;
    const sentences = [
        t('exploring:ui.overview.size', { rows: profile.rows, columns: profile.column_count }),
        t('exploring:ui.overview.missing', {
            share: formatPercent(cells ? profile.missing_cells / cells : 0, 1),
        }),
    ];
    if (profile.duplicate_rows != null)
        sentences.push(t('exploring:ui.overview.duplicates', { count: profile.duplicate_rows }));
    return <Text maw={720}>{sentences.join(' ')}</Text>;
}

function Correlations({ profile }: { profile: Profile }) {
    const { t } = useTranslation();
    const strong = profile.correlations.filter((pair) => Math.abs(pair.value) >= 0.3).slice(0, 10);
    if (strong.length === 0) return null;
    return (
        <Section
            title={t('exploring:ui.correlation.title')}
            term={t('exploring:ui.correlation.term')}
            text={t('exploring:ui.correlation.text')}
        >
            <DataTable
                label={t('exploring:ui.correlation.title')}
                rows={strong}
                rowKey={(pair) => `${pair.a}|${pair.b}`}
                columns={[
                    {
                        key: 'a',
                        head: t('exploring:ui.correlation.one'),
                        rowHead: true,
                        cell: (pair) => pair.a,
                    },
                    { key: 'b', head: t('exploring:ui.correlation.other'), cell: (pair) => pair.b },
                    {
                        key: 'words',
                        head: t('exploring:ui.correlation.words'),
                        cell: (pair) =>
                            t(
                                pair.value > 0
                                    ? 'exploring:ui.correlation.together'
                                    : 'exploring:ui.correlation.opposite',
                            ),
                    },
                    {
                        key: 'value',
                        head: t('exploring:ui.correlation.term'),
                        number: true,
                        cell: (pair) => formatNumber(pair.value, 2),
                    },
                ]}
            />
        </Section>
    );
}

/** Every column with its chart, one sentence and what to look out for. */
export function ColumnsPart({ profile }: { profile: Profile }) {
    const { t } = useTranslation();
    const [shown, setShown] = useState(cardsAtOnce);
    const [wish, setWish] = useState('');
    const found = profile.columns.filter((column) => column.name.toLowerCase().includes(wish.toLowerCase()));
    return (
        <Stack gap="xl">
            <Group justify="space-between" align="flex-end">
                <Overview profile={profile} />
                {profile.columns.length > 8 && (
                    <TextInput
                        label={t('exploring:ui.find_column')}
                        type="search"
                        value={wish}
                        onChange={(event) => setWish(event.currentTarget.value)}
                    />
                )}
            </Group>
            <Section title={t('exploring:ui.columns')}>
                <SimpleGrid cols={{ base: 1, sm: 2, lg: 3, xl: 4 }} style={{ alignItems: 'start' }}>
                    {found.slice(0, shown).map((column) => (
                        <ColumnCard key={column.name} column={column} />
                    ))}
                </SimpleGrid>
                {found.length === 0 && <Text>{t('exploring:ui.no_column')}</Text>}
                {found.length > shown && (
                    <Group>
                        <Button variant="default" onClick={() => setShown(shown + cardsAtOnce)}>
                            {t('base:ui.show_more')}
                        </Button>
                    </Group>
                )}
            </Section>
            <Correlations profile={profile} />
        </Stack>
    );
}
