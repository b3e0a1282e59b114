import type { TFunction } from 'i18next';
import { textOr } from '../../lib/i18n';
import { stepName } from '../cleaning/steps';
import type { PersonalColumn, Proposal } from './queries';

export const kindName = (t: TFunction, kind: string) => textOr(t, `meaning:kinds.${kind}`, kind);

/** "E-mail addresses, Names of people": what was found in a column. */
export const kindsOf = (t: TFunction, column: PersonalColumn) =>
    column.findings.map(({ kind }) => kindName(t, kind)).join(', ');

/** What a proposal does: "Leave it out of models", "Generalise to the year". */
export function proposalName(t: TFunction, { action, step, why }: Proposal): string {
    if (action === 'drop') return t('privacy:ui.leave_out');
    return textOr(t, `privacy:ui.way.${why}`, stepName(t, step?.step ?? ''));
}

/** Columns that can be left out at once: undecided, and not what is to be predicted. */
export const toLeaveOut = (columns: PersonalColumn[], target?: string) =>
    columns.filter(({ state, column }) => state === 'undecided' && column !== target);
