import type { TFunction } from 'i18next';
import { formatInteger, formatNumber, formatPercent } from '../../lib/format';
import type { ColumnProfile } from './types';

export const isNumber = (type: string) => type === 'integer' || type === 'real';
export const isMoment = (type: string) => type === 'date' || type === 'timestamp' || type === 'time';

/** Edges of the bins as people read them: dates from days, times from microseconds. */
export function edgeText(type: string, value: number, language: string): string {
    if (type === 'date' || type === 'timestamp') {
        const ms = type === 'date' ? value * 86_400_000 : value / 1000;
        return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(ms);
    }
    if (type === 'time') {
        return new Intl.DateTimeFormat(language, { timeStyle: 'short', timeZone: 'UTC' }).format(
            value / 1000,
        );
    }
    return formatNumber(value);
}

export interface Bar {
    label: string;
    count: number;
}

/** The bars that show a column: its histogram, else its most frequent values. */
export function barsOf(column: ColumnProfile, language: string): Bar[] {
    const { histogram } = column;
    if (histogram && histogram.counts.length > 0) {
        const width = (histogram.high - histogram.low) / histogram.counts.length;
        const edge = (i: number) => edgeText(column.type, histogram.low + i * width, language);
        if (width === 0) return [{ label: edge(0), count: histogram.counts.reduce((a, b) => a + b, 0) }];
        return histogram.counts.map((count, i) => ({ label: `${edge(i)} – ${edge(i + 1)}`, count }));
    }
    return column.top_values.map(({ value, count }) => ({ label: value, count }));
}

/** One sentence on a column: its range, or its most frequent value, and what is missing. */
export function columnSentence(t: TFunction, column: ColumnProfile, language: string): string {
    const missing = missingText(t, column);
    if (column.count === 0) return t('exploring:ui.sentence.empty');
    const { histogram } = column;
    if (histogram && (isNumber(column.type) || isMoment(column.type))) {
        const low = edgeText(column.type, column.minimum ?? histogram.low, language);
        const high = edgeText(column.type, column.maximum ?? histogram.high, language);
        const middle = column.quantiles[3];
        const range = {
            low,
            high,
            middle: middle === undefined ? '–' : edgeText(column.type, middle, language),
        };
        return `${t('exploring:ui.sentence.range', range)} ${missing}`;
    }
    const top = column.top_values[0];
    if (top && top.count > 1) {
        const share = formatPercent(top.count / column.count);
        const named = { value: top.value, share, distinct: formatInteger(column.distinct) };
        return `${t('exploring:ui.sentence.top', named)} ${missing}`;
    }
    return `${t('exploring:ui.sentence.distinct', { distinct: formatInteger(column.distinct) })} ${missing}`;
}

export function missingText(t: TFunction, column: ColumnProfile): string {
    const all = column.count + column.missing;
    if (column.missing === 0) return t('exploring:ui.sentence.none_missing');
    return t('exploring:ui.sentence.missing', {
        share: formatPercent(column.missing / all, 1),
        count: column.missing,
    });
}
