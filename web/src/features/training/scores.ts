import type { TFunction } from 'i18next';
import { formatFixed, formatNumber, formatPercent } from '../../lib/format';
import { textOr } from '../../lib/i18n';
import type { Report } from './queries';

const shares = new Set(['accuracy', 'roc_auc', 'r2']);

/** A score as people read it: shares in per cent, the others as numbers. */
export function scoreText(name: string, value: number, digits = 1): string {
    if (shares.has(name)) return formatPercent(value, digits);
    return Math.abs(value) < 10 ? formatFixed(value, 3) : formatNumber(value, 4);
}

/** A column that gives the answer away says one thing when it was learnt from, another when it was left out. */
export function verdictKind({ verdict, excluded }: Report): string {
    const leftOut = excluded.some(({ column, reason }) => reason === 'leakage' && column === verdict.column);
    return leftOut ? 'left_out_leakage' : verdict.kind;
}

/** What kind of model a leaderboard name stands for, in plain words. */
export const modelWords = (t: TFunction, name: string) =>
    textOr(t, `training:ui.model.${name.replace(/Classifier$|Regressor$/, '')}`, '');

export function modelLabel(t: TFunction, name: string): string {
    const words = modelWords(t, name);
    return words ? `${name} (${words})` : name;
}

/** Right answers of each class out of a row-major confusion matrix. */
export function confusionRows(classes: string[], confusion: number[]) {
    const n = classes.length;
    return classes.map((name, i) => {
        const cells = confusion.slice(i * n, (i + 1) * n);
        return { name, cells, right: cells[i] ?? 0, total: cells.reduce((a, b) => a + b, 0) };
    });
}
