import { Button, Group, List, Stack, Table, Text, ScrollArea } from '@mantine/core';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Chart, type Ink } from '../../components/Chart';
import { DataTable } from '../../components/DataTable';
import { Section } from '../../components/Section';
import { formatDuration, formatFixed, formatInteger, formatPercent } from '../../lib/format';
import { textOr } from '../../lib/i18n';
import type { LeaderboardLine, Report } from './queries';
import { confusionRows, modelWords, scoreText, verdictKind } from './scores';

const classesShown = 30;

interface PartProps {
    /** Left out for visitors, who cannot try a model. */
    datasetId?: number;
    report: Report;
}

export const tryPath = (datasetId: number, name: string) =>
    `/test-model/${datasetId}/${encodeURIComponent(name)}/`;

function Sentence({ datasetId, report }: PartProps) {
    const { t } = useTranslation();
    const { verdict, target } = report;
    const rounded = (value: number, decimals: number) => scoreText(verdict.score, value, decimals);
    const { low, high } = verdict.interval;
    // As few decimals as tell the ends of the interval apart.
    const digits = [0, 1, 2].find((few) => rounded(low, few) !== rounded(high, few)) ?? 0;
    const text = (value: number) => rounded(value, digits);
    const figures = {
        value: text(verdict.value),
        low: text(low),
        high: text(high),
        baseline: text(verdict.baseline),
        target,
    };
    const good = verdict.kind === 'better';
    const kind = verdictKind(report);
    return (
        <Stack className="card verdict" data-good={good || undefined} p={{ base: 'lg', sm: 32 }} gap="md">
            <Text fw={650} c={good ? 'var(--csva-accent)' : 'var(--mantine-color-error)'}>
                {t(`training:ui.verdict.${kind}`)}
            </Text>
            <h2 className="sentence" style={{ margin: 0 }}>
                {t(`training:ui.verdict.${verdict.score}`, figures)}
            </h2>
            {!good && (
                <Text>{t(`training:ui.verdict.${kind}_text`, { target, column: verdict.column })}</Text>
            )}
            <Text c="dimmed">
                {t('training:ui.verdict.held_out', {
                    held: report.held_out_rows,
                    rows: formatInteger(report.rows),
                })}
            </Text>
            {good && datasetId && (
                <Group>
                    <Button component={Link} to={tryPath(datasetId, report.best)} size="md">
                        {t('training:ui.verdict.try')}
                    </Button>
                </Group>
            )}
        </Stack>
    );
}

function Caveats({ report }: { report: Report }) {
    const { t } = useTranslation();
    if (report.verdict.caveats.length === 0) return null;
    return (
        <Section title={t('training:ui.caveats.title')}>
            <List spacing={6} maw={720}>
                {report.verdict.caveats.map((name) => (
                    <List.Item key={name}>{t(`training:ui.caveats.${name}`)}</List.Item>
                ))}
            </List>
        </Section>
    );
}

function importanceOption(report: Report, ink: Ink) {
    const rows = report.importance.slice(0, 12);
    return {
        grid: { left: 4, right: 48, top: 4, bottom: 4, outerBoundsMode: 'same' },
        xAxis: { type: 'value', show: false },
        yAxis: {
            type: 'category',
            inverse: true,
            data: rows.map((row) => row.column),
            axisTick: { show: false },
            axisLine: { show: false },
            axisLabel: { color: ink.text, width: 150, overflow: 'truncate' },
        },
        series: [
            {
                type: 'bar',
                data: rows.map((row) => row.share),
                itemStyle: { color: ink.bar, borderRadius: [0, 3, 3, 0] },
                barCategoryGap: '30%',
                label: {
                    show: true,
                    position: 'right',
                    color: ink.text,
                    formatter: ({ value }: { value: number }) => formatPercent(value),
                },
            },
        ],
    };
}

function ImportancePart({ report }: { report: Report }) {
    const { t } = useTranslation();
    const option = useCallback((ink: Ink) => importanceOption(report, ink), [report]);
    const [first, second] = report.importance;
    if (!first) return null;
    const named = {
        first: first.column,
        share: formatPercent(first.share),
        second: second?.column ?? '',
        more: second ? 'yes' : 'no',
    };
    return (
        <Section title={t('training:ui.importance.title')} term={t('training:ui.importance.term')}>
            <div className="card" style={{ padding: 20 }}>
                <Chart
                    summary={t('training:ui.importance.summary', named)}
                    option={option}
                    height={Math.min(12, report.importance.length) * 30 + 16}
                    heads={[t('training:ui.importance.column'), t('training:ui.importance.share')]}
                    rows={report.importance.map((row) => [row.column, formatPercent(row.share, 1)])}
                />
            </div>
        </Section>
    );
}

export function Leaderboard({
    lines,
    best,
    datasetId,
}: {
    lines: LeaderboardLine[];
    best?: string;
    datasetId?: number;
}) {
    const { t } = useTranslation();
    const timed = lines.some((line) => line.fit_s > 0);
    const scores = lines[0]?.scores.map((score) => score.name) ?? [];
    return (
        <DataTable
            label={t('training:ui.leaderboard.title')}
            rows={lines}
            rowKey={(line) => line.name}
            minWidth={560}
            columns={[
                {
                    key: 'name',
                    head: t('training:ui.leaderboard.model'),
                    rowHead: true,
                    cell: (line) => (
                        <>
                            {line.name}{' '}
                            {line.name === best && (
                                <span className="small-term">({t('training:ui.leaderboard.chosen')})</span>
                            )}
                            <div className="small-term">{modelWords(t, line.name)}</div>
                        </>
                    ),
                },
                ...scores.map((name) => ({
                    key: name,
                    head: (
                        <>
                            {t(`training:ui.score.${name}`)}
                            <br />
                            <span className="small-term">{t(`training:ui.score.term.${name}`)}</span>
                        </>
                    ),
                    number: true,
                    cell: (line: LeaderboardLine) => {
                        const score = line.scores.find((row) => row.name === name);
                        return score ? scoreText(name, score.value) : '–';
                    },
                })),
                ...(timed
                    ? [
                          {
                              key: 'time',
                              head: t('training:ui.leaderboard.time'),
                              number: true,
                              cell: (line: LeaderboardLine) => formatFixed(line.fit_s, 1),
                          },
                      ]
                    : []),
                ...(datasetId
                    ? [
                          {
                              key: 'try',
                              head: (
                                  <span className="visually-hidden">
                                      {t('training:ui.leaderboard.try_short')}
                                  </span>
                              ),
                              cell: (line: LeaderboardLine) => (
                                  <Link
                                      to={tryPath(datasetId, line.name)}
                                      aria-label={t('training:ui.leaderboard.try', { name: line.name })}
                                  >
                                      {t('training:ui.leaderboard.try_short')}
                                  </Link>
                              ),
                          },
                      ]
                    : []),
            ]}
        />
    );
}

function Confusion({ report }: { report: Report }) {
    const { t } = useTranslation();
    if (report.confusion.length === 0 || report.classes.length > classesShown) return null;
    const rows = confusionRows(report.classes, report.confusion);
    const share = (part: number, all: number) => (all === 0 ? 0 : part / all);
    return (
        <Section
            title={t('training:ui.confusion.title')}
            term={t('training:ui.confusion.term')}
            text={t('training:ui.confusion.text')}
        >
            {rows.length <= 6 && (
                <List spacing={2}>
                    {rows.map(({ name, right, total }) => (
                        <List.Item key={name}>
                            {t('training:ui.confusion.sentence', {
                                name,
                                right,
                                total,
                                share: formatPercent(share(right, total)),
                            })}
                        </List.Item>
                    ))}
                </List>
            )}
            <ScrollArea
                w="fit-content"
                maw="100%"
                className="card"
                type="auto"
                viewportProps={{
                    tabIndex: 0,
                    role: 'region',
                    'aria-label': t('training:ui.confusion.title'),
                }}
            >
                <Table aria-label={t('training:ui.confusion.title')} withColumnBorders w="auto" miw={280}>
                    <Table.Thead>
                        <Table.Tr>
                            <Table.Th scope="col">{t('training:ui.confusion.true')}</Table.Th>
                            {rows.map(({ name }) => (
                                <Table.Th key={name} scope="col" className="number">
                                    {t('training:ui.confusion.said', { name })}
                                </Table.Th>
                            ))}
                        </Table.Tr>
                    </Table.Thead>
                    <Table.Tbody>
                        {rows.map(({ name, cells, total }, i) => (
                            <Table.Tr key={name}>
                                <Table.Th scope="row">{name}</Table.Th>
                                {cells.map((count, j) => {
                                    const tint = Math.round(share(count, total) * 45);
                                    const color = i === j ? 'var(--csva-bar)' : '#d9822b';
                                    return (
                                        <Table.Td
                                            key={j}
                                            className="number"
                                            fw={i === j ? 650 : 400}
                                            style={{
                                                background: `color-mix(in srgb, ${color} ${tint}%, transparent)`,
                                            }}
                                        >
                                            {formatInteger(count)}
                                        </Table.Td>
                                    );
                                })}
                            </Table.Tr>
                        ))}
                    </Table.Tbody>
                </Table>
            </ScrollArea>
        </Section>
    );
}

function Excluded({ report }: { report: Report }) {
    const { t } = useTranslation();
    if (report.excluded.length === 0) return null;
    return (
        <Section title={t('training:ui.excluded.title')}>
            <DataTable
                label={t('training:ui.excluded.title')}
                rows={report.excluded}
                rowKey={(row) => row.column}
                minWidth={280}
                columns={[
                    {
                        key: 'column',
                        head: t('training:ui.excluded.column'),
                        rowHead: true,
                        cell: (row) => row.column,
                    },
                    {
                        key: 'reason',
                        head: t('training:ui.excluded.reason'),
                        cell: (row) => t(`training:ui.excluded.${row.reason}`),
                    },
                ]}
            />
        </Section>
    );
}

/** The verdict: in words first, then what it stands on. */
export function VerdictView({ datasetId, report }: PartProps) {
    const { t } = useTranslation();
    const split = textOr(t, `training:ui.split.${report.split}`, report.split);
    return (
        <Stack gap={40}>
            <Sentence datasetId={datasetId} report={report} />
            <Caveats report={report} />
            <ImportancePart report={report} />
            <Confusion report={report} />
            <Section
                title={t('training:ui.leaderboard.title')}
                term={t('training:ui.leaderboard.term')}
                text={t('training:ui.leaderboard.text')}
            >
                <Leaderboard lines={report.leaderboard} best={report.best} datasetId={datasetId} />
            </Section>
            <Excluded report={report} />
            <Text size="sm" c="dimmed">
                {t('training:ui.facts', {
                    split,
                    seed: String(report.seed),
                    time: formatDuration(report.wall_s),
                })}
            </Text>
        </Stack>
    );
}
