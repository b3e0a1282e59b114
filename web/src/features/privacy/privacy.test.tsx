import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { profile, view } from '../../lib/test_data';
import { open, serve } from '../../lib/test_render';

const email = {
    column: 'Mail',
    type: 'text',
    cells: 889,
    findings: [
        { kind: 'email', cells: 880, share: 0.99, confidence: 0.99, by_name: true, masked: ['a••@•••.••'] },
    ],
    state: 'undecided',
    steps: [],
    decision: null,
    proposals: [
        { action: 'drop', step: null, why: 'says_nothing' },
        {
            action: 'anonymise',
            step: { step: 'pseudonymise@1', columns: ['Mail'], options: {} },
            why: 'group_by_person',
        },
    ],
};
const decision = {
    id: 1,
    column: 'Mail',
    kinds: ['email'],
    action: 'keep',
    reason: 'needed for the survey',
    step: null,
    decided_by: 1,
    decided_by_name: 'ada',
    decided_at: 1.79e12,
};
const personal = {
    dataset_id: 7,
    version_id: 12,
    scanned: true,
    rows: 889,
    rows_looked_at: 889,
    undecided: 1,
    columns: [email],
    history: [],
};
const figures = {
    rows: 889,
    rows_lost: 0,
    classes: 500,
    k: 1,
    l: 0,
    information_lost: 0,
    discernibility: 9000,
    unique_ratio: 0.4,
    match_ratio: 0.56,
    homogeneous_ratio: 0,
    guess_ratio: 0,
};
const anonymity = {
    version_id: 12,
    plan: {
        levels: [2],
        steps: [
            {
                step: 'generalise@1',
                columns: ['Age'],
                options: { hierarchy: 'number', level: 2, width: 5 },
            },
            { step: 'suppress_rare@1', columns: ['Age'], options: { k: 5 } },
        ],
        before: figures,
        after: { ...figures, rows: 880, rows_lost: 9, k: 5, classes: 8, unique_ratio: 0, match_ratio: 0.009 },
        guess_of_all: 0,
        looked_at: 3,
        complete: true,
    },
    before: { single_out: 'yes', link: 'yes', infer: 'unknown' },
    after: { single_out: 'hardly', link: 'hardly', infer: 'unknown' },
};
const answers = {
    'GET /view/7/': view,
    'GET /api/v1/datasets/7/profile': profile,
    'GET /api/v1/datasets/7/targets': {
        targets: [{ column: 'Survived', task: 'binary', rank: 4, reasons: [] }],
    },
    'GET /api/v1/datasets/7/trainings': { trainings: [] },
    'GET /api/v1/datasets/7/privacy': personal,
};
const decisions = 'POST /api/v1/datasets/7/privacy/decisions';
const sent = (calls: ReturnType<typeof serve>) =>
    calls.filter(({ method }) => method === 'POST').at(-1)?.body;

describe('personal data', () => {
    it('blocks a training until one click leaves the columns out', async () => {
        const calls = serve({ ...answers, [decisions]: { personal, job_id: null } });
        open('/view/7/?tab=predict');
        const out = await screen.findByRole('button', { name: /Leave these columns out/ });
        expect(screen.getByText('“Mail”: E-mail addresses')).toBeTruthy();
        expect(screen.getByRole('button', { name: 'Start the training' }).hasAttribute('disabled')).toBe(
            true,
        );
        await userEvent.click(out);
        await waitFor(() =>
            expect(sent(calls)).toEqual({ decisions: [{ column: 'Mail', action: 'drop', reason: '' }] }),
        );
    });

    it('is shown column by column, and kept only with a reason', async () => {
        const calls = serve({ ...answers, [decisions]: { personal, job_id: null } });
        open('/view/7/?tab=personal');
        expect(await screen.findByText('880 of 889 cells (99%), confidence 0.99')).toBeTruthy();
        expect(screen.getByText(/a••@•••\.••/)).toBeTruthy();
        await userEvent.click(screen.getByRole('button', { name: 'Keep, with a reason' }));
        const keep = screen.getByRole('button', { name: 'Keep' });
        expect(keep.hasAttribute('disabled')).toBe(true);
        await userEvent.type(screen.getByLabelText(/may learn from “Mail”/), 'survey');
        await userEvent.click(keep);
        await waitFor(() =>
            expect(sent(calls)).toEqual({
                decisions: [{ column: 'Mail', action: 'keep', reason: 'survey' }],
            }),
        );
    });

    it('can be pseudonymised, which is never called anonymous', async () => {
        const calls = serve({
            ...answers,
            'GET /api/v1/datasets/7/privacy': {
                ...personal,
                undecided: 0,
                columns: [{ ...email, state: 'pseudonymised', decision }],
                history: [decision],
            },
            [decisions]: { personal, job_id: 9 },
        });
        open('/view/7/?tab=personal');
        expect(await screen.findByText(/This is still personal data/)).toBeTruthy();
        expect(screen.getByText(/Decided by ada, .*: needed for the survey/)).toBeTruthy();
        expect(screen.getByRole('table', { name: 'Decisions' })).toBeTruthy();
        await userEvent.click(screen.getByRole('button', { name: /Mail: Pseudonymise/ }));
        await waitFor(() =>
            expect(sent(calls)).toMatchObject({
                decisions: [{ action: 'anonymise', step: { step: 'pseudonymise@1' } }],
            }),
        );
    });

    it('makes rows alike and says what that protects and costs', async () => {
        const calls = serve({
            ...answers,
            'POST /api/v1/datasets/7/privacy/anonymity': anonymity,
            'POST /clean/7/': { dataset_id: 7, version_id: 13, job_id: 4 },
        });
        open('/view/7/?tab=personal');
        await userEvent.type(await screen.findByRole('combobox', { name: /could be recognised/ }), 'Age');
        await userEvent.click(await screen.findByRole('option', { name: 'Age' }));
        const table = await screen.findByRole('table', { name: /What it costs and/ });
        expect(table.textContent).toContain('Yes: rows that nobody else is like (40%)');
        expect(table.textContent).toContain('Hardly: in small groups (0%)');
        expect(screen.getByRole('combobox', { name: 'Age' })).toHaveProperty(
            'value',
            'Chosen: intervals of 10',
        );
        await userEvent.click(screen.getByRole('button', { name: 'Apply these steps' }));
        await waitFor(() => expect(sent(calls)).toEqual({ steps: anonymity.plan.steps }));
    });
});
