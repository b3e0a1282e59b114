import { formatNumber, formatPercent } from '../../lib/format';

const shares = new Set(['accuracy', 'roc_auc', 'r2']);

/** A score as people read it: shares in per cent, the others as numbers. */
export function scoreText(name: string, value: number, digits = 1): string {
    return shares.has(name) ? formatPercent(value, digits) : formatNumber(value, 3);
}

/** Right answers of each class out of a row-major confusion matrix. */
export function confusionRows(classes: string[], confusion: number[]) {
    const n = classes.length;
    return classes.map((name, i) => {
        const cells = confusion.slice(i * n, (i + 1) * n);
        return { name, cells, right: cells[i] ?? 0, total: cells.reduce((a, b) => a + b, 0) };
    });
}
