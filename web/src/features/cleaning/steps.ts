import type { TFunction } from 'i18next';
import { formatPercent } from '../../lib/format';
import { isNumber } from '../exploring/describe';
import type { Profile } from '../exploring/types';
import type { Step, StepInfo } from './queries';

export const nameOf = (step: string) => step.split('@')[0]!;

/** The step of that name in the newest version that the server knows; nothing when it has none. */
export function findStep(catalogue: StepInfo[], name: string): StepInfo | undefined {
    return catalogue.filter((info) => nameOf(info.step) === name).at(-1);
}

/** A step as a sentence: "Fill missing values of Age (median)". */
export function stepSentence(t: TFunction, step: Step, known: (key: string) => boolean): string {
    const key = `cleaning:ui.step.${nameOf(step.step)}`;
    const name = known(key) ? t(key) : nameOf(step.step);
    const columns = step.columns?.length ? step.columns.join(', ') : t('cleaning:ui.all_columns');
    const options = Object.values(step.options ?? {})
        .filter((value) => value !== null && value !== '')
        .map((value) => optionWord(t, String(value), known));
    return options.length > 0
        ? t('cleaning:ui.step_with_options', { name, columns, options: options.join(', ') })
        : t('cleaning:ui.step_plain', { name, columns });
}

export function optionWord(t: TFunction, word: string, known: (key: string) => boolean): string {
    const key = `cleaning:ui.word.${word}`;
    return known(key) ? t(key) : word;
}

export interface Proposal {
    key: string;
    why: string;
    fix: string;
    step: Step;
}

/** What the profile suggests to mend, the most cells first. */
export function proposals(t: TFunction, profile: Profile, catalogue: StepInfo[]): Proposal[] {
    const found: Proposal[] = [];
    const info = (name: string) => findStep(catalogue, name)?.step;
    const dropColumn = info('drop_column');
    const duplicates = info('drop_duplicates');
    const fill = info('fill_missing');
    if (duplicates && profile.duplicate_rows) {
        const why = t('cleaning:ui.proposal.duplicates', { count: profile.duplicate_rows });
        found.push({
            key: 'duplicates',
            why,
            fix: t('cleaning:ui.fix.duplicates'),
            step: { step: duplicates },
        });
    }
    const byMissing = profile.columns.toSorted((a, b) => b.missing - a.missing);
    for (const column of byMissing) {
        const { name } = column;
        const useless =
            column.count === 0 ? 'empty' : column.alerts.includes('constant') ? 'constant' : undefined;
        if (useless && dropColumn) {
            const why = t(`cleaning:ui.proposal.${useless}`, { name });
            found.push({
                key: `drop ${name}`,
                why,
                fix: t('cleaning:ui.fix.drop'),
                step: { step: dropColumn, columns: [name] },
            });
        } else if (column.missing > 0 && fill) {
            const strategy = isNumber(column.type) ? 'median' : 'mode';
            const share = formatPercent(column.missing / (column.count + column.missing), 1);
            const why = t('cleaning:ui.proposal.missing', { name, share, count: column.missing });
            const step = { step: fill, columns: [name], options: { strategy } };
            found.push({ key: `fill ${name}`, why, fix: t(`cleaning:ui.fix.${strategy}`), step });
        }
    }
    return found;
}
