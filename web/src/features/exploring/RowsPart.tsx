import { Stack, Text, UnstyledButton } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MiniBars } from '../../components/MiniBars';
import { Loaded } from '../../components/States';
import { currentLanguage } from '../../lib/i18n';
import { formatInteger, formatNumber } from '../../lib/format';
import { barsOf, columnSentence, isNumber } from './describe';
import { useRows, type RowsPage, type Sort } from './queries';
import type { ColumnProfile, Profile } from './types';

const rowHeight = 34;
const columnWidth = 160;
const numberWidth = 76;

type Column = RowsPage['columns'][number];

function cellText(value: unknown, type: string, yes: string, no: string): string {
    if (typeof value === 'boolean') return value ? yes : no;
    if (typeof value === 'number' && type === 'real') return formatNumber(value, 6);
    if (typeof value === 'number') return formatInteger(value);
    return String(value);
}

function Head({
    column,
    profile,
    sort,
    onSort,
}: {
    column: Column;
    profile?: ColumnProfile;
    sort?: Sort;
    onSort: (sort?: Sort) => void;
}) {
    const { t } = useTranslation();
    const sorted = sort?.column === column.physical ? (sort.descending ? 'descending' : 'ascending') : 'none';
    const next = {
        none: { column: column.physical, descending: false },
        ascending: { column: column.physical, descending: true },
        descending: undefined,
    }[sorted];
    const sign = { none: '', ascending: ' ↑', descending: ' ↓' }[sorted];
    return (
        <div
            role="columnheader"
            aria-sort={sorted}
            className="grid-cell"
            style={{ width: columnWidth, height: 92 }}
        >
            <UnstyledButton
                fw={600}
                fz="sm"
                w="100%"
                className="grid-sort"
                title={t('exploring:ui.grid.sort', { name: column.name })}
                onClick={() => onSort(next)}
            >
                {column.name}
                {sign}
            </UnstyledButton>
            <Text size="xs" c="dimmed">
                {t(`exploring:ui.type.${column.type}`)}
            </Text>
            {profile && (
                <MiniBars
                    counts={barsOf(profile, currentLanguage()).map((bar) => bar.count)}
                    label={columnSentence(t, profile, currentLanguage())}
                    width={columnWidth - 24}
                />
            )}
        </div>
    );
}

interface GridProps {
    name: string;
    pages: RowsPage[];
    profile?: Profile;
    sort?: Sort;
    onSort: (sort?: Sort) => void;
    onEnd: () => void;
}

function Grid({ name, pages, profile, sort, onSort, onEnd }: GridProps) {
    const { t } = useTranslation();
    const box = useRef<HTMLDivElement>(null);
    const columns = pages[0]!.columns;
    const total = pages[0]!.matching_rows;
    const loaded = pages.reduce((sum, page) => sum + page.rows.length, 0);
    const perPage = pages[0]!.rows.length;
    const pageOf = (row: number) => pages[Math.floor(row / perPage)]!;
    const profiles = new Map(profile?.columns.map((column) => [column.physical, column]));
    const down = useVirtualizer({
        count: loaded,
        getScrollElement: () => box.current,
        estimateSize: () => rowHeight,
        overscan: 12,
        scrollMargin: 93,
        initialRect: { width: 1000, height: 600 },
    });
    const across = useVirtualizer({
        horizontal: true,
        count: columns.length,
        getScrollElement: () => box.current,
        estimateSize: () => columnWidth,
        overscan: 3,
        scrollMargin: numberWidth,
        initialRect: { width: 1000, height: 600 },
    });
    const lastSeen = down.getVirtualItems().at(-1)?.index ?? 0;
    useEffect(() => {
        if (lastSeen > loaded - 40) onEnd();
    }, [lastSeen, loaded, onEnd]);
    const width = numberWidth + columns.length * columnWidth;
    const seen = across.getVirtualItems();
    const before = (seen[0]?.index ?? 0) * columnWidth;
    const words = [t('base:ui.yes'), t('base:ui.no')] as const;
    return (
        <div
            ref={box}
            className="grid"
            role="grid"
            aria-label={t('exploring:ui.grid.label', { name })}
            aria-rowcount={total + 1}
            aria-colcount={columns.length + 1}
            tabIndex={0}
        >
            <div className="grid-head" role="row" aria-rowindex={1} style={{ width }}>
                <div
                    role="columnheader"
                    className="grid-cell grid-number"
                    style={{ width: numberWidth, marginRight: before }}
                >
                    {t('exploring:ui.grid.row')}
                </div>
                {seen.map(({ index }) => {
                    const column = columns[index]!;
                    return (
                        <Head
                            key={index}
                            column={column}
                            profile={profiles.get(column.physical)}
                            sort={sort}
                            onSort={onSort}
                        />
                    );
                })}
            </div>
            <div role="rowgroup" style={{ height: loaded * rowHeight, width, position: 'relative' }}>
                {down.getVirtualItems().map((item) => (
                    <div
                        key={item.index}
                        role="row"
                        aria-rowindex={item.index + 2}
                        className="grid-row"
                        style={{ top: item.start - 93, height: rowHeight, width }}
                    >
                        <div
                            role="rowheader"
                            className="grid-cell grid-number"
                            style={{ width: numberWidth, marginRight: before }}
                        >
                            {formatInteger(pageOf(item.index).row_ids[item.index % perPage]!)}
                        </div>
                        {seen.map(({ index }) => {
                            const value = pageOf(item.index).rows[item.index % perPage]![index];
                            const type = columns[index]!.type;
                            const text =
                                value === null || value === undefined ? '' : cellText(value, type, ...words);
                            return (
                                <div
                                    key={index}
                                    role="gridcell"
                                    aria-colindex={index + 2}
                                    className={`grid-cell${isNumber(type) ? ' number' : ''}`}
                                    style={{ width: columnWidth }}
                                    title={text}
                                >
                                    {text || (
                                        <span className="grid-missing">{t('exploring:ui.grid.missing')}</span>
                                    )}
                                </div>
                            );
                        })}
                    </div>
                ))}
            </div>
        </div>
    );
}

/** The table itself: only what is on the screen is drawn, whatever its size. */
export function RowsPart({
    datasetId,
    versionId,
    name,
    profile,
}: {
    datasetId: number;
    versionId: number;
    name: string;
    profile?: Profile;
}) {
    const { t } = useTranslation();
    const [sort, setSort] = useState<Sort>();
    const query = useRows(datasetId, versionId, sort);
    const { fetchNextPage, hasNextPage, isFetching } = query;
    return (
        <Loaded query={query}>
            {({ pages }) =>
                pages[0]!.matching_rows === 0 && pages[0]!.columns.length === 0 ? (
                    <Text>{t('exploring:ui.grid.empty')}</Text>
                ) : (
                    <Stack gap="sm">
                        <Text size="sm" c="dimmed">
                            {pages[0]!.matching_rows === 0
                                ? t('exploring:ui.grid.empty')
                                : t('exploring:ui.grid.lead', { rows: pages[0]!.matching_rows })}
                        </Text>
                        <Grid
                            name={name}
                            pages={pages}
                            profile={profile}
                            sort={sort}
                            onSort={setSort}
                            onEnd={() => hasNextPage && !isFetching && void fetchNextPage()}
                        />
                    </Stack>
                )
            }
        </Loaded>
    );
}
