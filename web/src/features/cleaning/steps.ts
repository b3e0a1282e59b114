import i18next, { type TFunction } from 'i18next';
import { formatNames, formatPercent, quoted } from '../../lib/format';
import { textOr } from '../../lib/i18n';
import { isMoment, isNumber } from '../exploring/describe';
import type { Profile } from '../exploring/types';
import type { Step, StepInfo } from './queries';

export const nameOf = (step: string) => step.split('@')[0]!;

/** The step of that name in the newest version that the server knows; nothing when it has none. */
export function findStep(catalogue: StepInfo[], name: string): StepInfo | undefined {
    return catalogue.filter((info) => nameOf(info.step) === name).at(-1);
}

export const stepName = (t: TFunction, step: string) =>
    textOr(t, `recipe:steps.${nameOf(step)}.name`, nameOf(step));
export const stepText = (t: TFunction, step: string) => textOr(t, `recipe:steps.${nameOf(step)}.text`, '');
export const optionName = (t: TFunction, name: string) => textOr(t, `recipe:options.${name}`, name);

/** A choice of an option in words: a type by its name, the rest by the catalogue. */
export function choiceWord(t: TFunction, option: string, choice: string): string {
    if (option === 'type') return textOr(t, `exploring:ui.type.${choice}`, choice);
    const sign = { '.': 'point', ',': 'comma' }[choice];
    return textOr(t, `recipe:choices.${sign ?? choice}`, choice);
}

/** A step as a sentence of the past: "Filled missing values of “Age” with the middle value (median)". */
export function stepSentence(t: TFunction, step: Step): string {
    const { strategy, value, type, name } = step.options ?? {};
    const how = strategy === 'constant' ? quoted(value) : choiceWord(t, 'strategy', String(strategy));
    const columns = formatNames(step.columns ?? [], 6);
    const key = `cleaning:ui.done.${nameOf(step.step)}${columns === '' ? '_all' : ''}`;
    const known = i18next.exists(key);
    return t(known ? key : 'cleaning:ui.done.other', {
        columns,
        how,
        type: choiceWord(t, 'type', String(type)),
        name: known ? quoted(name) : stepName(t, step.step),
    });
}

/** Types that a step of these options can work on; nothing: all. */
export function typesFor(info: StepInfo, options: Record<string, unknown>): string[] {
    const ofNumbers = options.strategy === 'mean' || options.strategy === 'median';
    return ofNumbers && info.column_types.length === 0 ? ['integer', 'real'] : info.column_types;
}

/** Whether an option means something beside the others that were chosen. */
export function optionApplies(name: string, options: Record<string, unknown>): boolean {
    if (name === 'value') return options.strategy === 'constant';
    if (name === 'groups') return options.hierarchy === 'category';
    if (name === 'width') return options.hierarchy === undefined || options.hierarchy === 'number';
    if (name === 'date_format') return isMoment(String(options.type));
    if (name === 'decimal_mark') return isNumber(String(options.type));
    return true;
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
        const fix = t('cleaning:ui.fix.duplicates');
        found.push({ key: 'duplicates', why, fix, step: { step: duplicates } });
    }
    const byMissing = profile.columns.toSorted((a, b) => b.missing - a.missing);
    for (const column of byMissing) {
        const { name } = column;
        const useless =
            column.count === 0 ? 'empty' : column.alerts.includes('constant') ? 'constant' : undefined;
        if (useless && dropColumn) {
            const why = t(`cleaning:ui.proposal.${useless}`, { name });
            const step = { step: dropColumn, columns: [name] };
            found.push({ key: `drop ${name}`, why, fix: t('cleaning:ui.fix.drop'), step });
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
