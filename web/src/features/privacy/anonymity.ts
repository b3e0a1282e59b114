import type { TFunction } from 'i18next';
import { formatNumber } from '../../lib/format';
import type { Schemas } from '../../api/types';
import type { PersonalData } from './queries';

export type AnonymityWish = Schemas['AnonymityRequestBody'];
export type AnonymityAnswer = Schemas['AnonymityAnswer'];
export type Hierarchy = 'number' | 'date' | 'postal_code' | 'category';

/** Levels above "as it is"; the last leaves nothing. */
export const levelCount: Record<Hierarchy, number> = { number: 10, date: 5, postal_code: 5, category: 2 };
const factors = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/** How a column is made coarser: a postal code by its digits, the rest by its type. */
export function hierarchyOf(column: { name: string; type: string }, personal?: PersonalData): Hierarchy {
    const found = personal?.columns.find((one) => one.column === column.name)?.findings[0]?.kind;
    if (found === 'postal_code' && (column.type === 'integer' || column.type === 'text'))
        return 'postal_code';
    if (column.type === 'integer' || column.type === 'real') return 'number';
    return column.type === 'date' || column.type === 'timestamp' ? 'date' : 'category';
}

/** What a level leaves of a column, in words. */
export function levelName(t: TFunction, hierarchy: Hierarchy, level: number, width = 1): string {
    if (level === 0) return t('privacy:ui.level.as_is');
    if (level >= levelCount[hierarchy]) return t('privacy:ui.level.nothing');
    if (hierarchy === 'number')
        return t('privacy:ui.level.number', { width: formatNumber(width * factors[level - 1]!) });
    if (hierarchy === 'date') return t(`privacy:ui.level.date_${level}`);
    if (hierarchy === 'postal_code') return t('privacy:ui.level.postal', { digits: level });
    return t('privacy:ui.level.groups');
}

/** The width of the finest interval that the plan chose for a column. */
export function widthOf(answer: AnonymityAnswer, column: string): number {
    const step = answer.plan.steps.find((one) => one.columns?.[0] === column && one.step === 'generalise@1');
    return Number(step?.options?.width ?? 1);
}
