import { afterEach, describe, expect, it } from 'vitest';
import i18next from 'i18next';
import { changeLanguage } from '../../lib/i18n';
import { profile, steps } from '../../lib/test_data';
import { choiceWord, optionApplies, proposals, stepSentence, typesFor } from './steps';

const t = i18next.t.bind(i18next);
afterEach(() => changeLanguage('en'));

describe('a step in the history', () => {
    it.each([
        [{ step: 'drop_column@1', columns: ['A', 'B', 'C'] }, 'Removed “A”, “B”, and “C”'],
        [{ step: 'trim@1', columns: [] }, 'Trimmed spaces in every text'],
        [{ step: 'rename_column@1', columns: ['A'], options: { name: 'B' } }, 'Renamed “A” to “B”'],
        [{ step: 'change_type@1', columns: ['A'], options: { type: 'real' } }, 'Changed “A” to number'],
        [
            { step: 'fill_missing@1', columns: ['A'], options: { strategy: 'constant', value: 'S' } },
            'Filled missing values of “A” with “S”',
        ],
        [
            { step: 'fill_missing@1', options: { strategy: 'mean' } },
            'Filled missing values with the average (mean)',
        ],
        [{ step: 'drop_missing_rows@1', columns: [] }, 'Removed rows where any value is missing'],
        [{ step: 'drop_duplicates@1', columns: ['A'] }, 'Removed rows that repeat “A”'],
        [{ step: 'polish@2', columns: ['A'] }, 'polish: “A”'],
    ])('%j says %s', (step, sentence) => expect(stepSentence(t, step)).toBe(sentence));

    it('says the same in French, with its quotes', async () => {
        await changeLanguage('fr');
        const step = { step: 'fill_missing@1', columns: ['Âge'], options: { strategy: 'median' } };
        expect(stepSentence(i18next.t.bind(i18next), step)).toBe(
            'Valeurs manquantes de «\u00a0Âge\u00a0» remplies par la valeur du milieu (médiane)',
        );
    });

    it('does not list hundreds of names', () => {
        const columns = Array.from({ length: 300 }, (_, i) => `c${i}`);
        expect(stepSentence(t, { step: 'drop_column@1', columns })).toBe(
            'Removed “c0”, “c1”, “c2”, “c3”, “c4”, “c5”…',
        );
    });
});

describe('the form of a step', () => {
    const named = (name: string) => steps.steps.find(({ step }) => step.startsWith(name))!;

    it('offers numbers only for a mean, and an option only where it means something', () => {
        expect(typesFor(named('fill_missing'), { strategy: 'mean' })).toEqual(['integer', 'real']);
        expect(typesFor(named('fill_missing'), { strategy: 'mode' })).toEqual([]);
        expect(typesFor(named('trim'), {})).toEqual(['text']);
        expect(optionApplies('value', { strategy: 'mode' })).toBe(false);
        expect(optionApplies('value', { strategy: 'constant' })).toBe(true);
        expect(optionApplies('date_format', { type: 'date' })).toBe(true);
        expect(optionApplies('decimal_mark', { type: 'date' })).toBe(false);
    });

    it('has a word for each choice, and shows what it does not know as it is', () => {
        expect(choiceWord(t, 'type', 'timestamp')).toBe('date and time');
        expect(choiceWord(t, 'decimal_mark', ',')).toBe('comma');
        expect(choiceWord(t, 'strategy', 'oracle')).toBe('oracle');
    });
});

describe('proposals', () => {
    it('mend what the profile found, by the kind of column, and drop what is useless', () => {
        const found = proposals(t, profile, steps.steps);
        expect(found.map(({ step }) => [step.step, step.columns?.[0], step.options?.strategy])).toEqual([
            ['drop_duplicates@1', undefined, undefined],
            ['drop_column@1', 'Cabin', undefined],
            ['fill_missing@1', 'Age', 'median'],
        ]);
    });

    it('propose nothing that the server has no step for', () => {
        expect(proposals(t, profile, [])).toEqual([]);
    });
});
