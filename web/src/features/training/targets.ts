import type { ColumnProfile, Profile } from '../exploring/types';
import type { Task } from './queries';

export interface Candidate {
    column: string;
    task: Task;
}

const telling =
    /target|label|class|churn|surviv|outcome|result|status|default|species|price|value|score|fraud|cible|prix|resultat|résultat/i;

/** The kind of answer a column would give. */
export function taskOf(column: ColumnProfile): Task {
    if (column.distinct === 2) return 'binary';
    if (column.type === 'text' || column.type === 'boolean') return 'multiclass';
    return column.type === 'integer' && column.distinct <= 10 ? 'multiclass' : 'regression';
}

function usable(column: ColumnProfile): boolean {
    if (column.distinct < 2 || column.missing > column.count) return false;
    if (column.type === 'date' || column.type === 'timestamp' || column.type === 'time') return false;
    return column.type !== 'text' || column.distinct <= 50;
}

/** Columns worth predicting, the likeliest first: by what they are called, where they stand and how many values they have. */
export function proposeTargets(profile: Profile): Candidate[] {
    const last = profile.columns.length - 1;
    const rank = (column: ColumnProfile, index: number) =>
        (telling.test(column.name) ? 3 : 0) +
        (index === last ? 2 : index === 0 ? 0.5 : 0) +
        (column.distinct === 2 ? 1 : column.distinct <= 20 ? 0.5 : 0) -
        (column.alerts.includes('unique') ? 3 : 0);
    return profile.columns
        .map((column, index) => ({ column, rank: rank(column, index) }))
        .filter(({ column }) => usable(column))
        .toSorted((a, b) => b.rank - a.rank)
        .map(({ column }) => ({ column: column.name, task: taskOf(column) }));
}
