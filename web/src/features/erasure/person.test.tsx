import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { open, serve } from '../../lib/test_render';
import type { PersonRequest } from './person_queries';

afterEach(() => vi.unstubAllGlobals());

const found: PersonRequest = {
    code: 'c0de',
    project_id: 4,
    phase: 'found',
    fingerprint: 'feed',
    values: 1,
    created_by: 7,
    requested_at: 1.79e12,
    ended_at: null,
    job_id: 3,
    problem: '',
    findings: {
        datasets: [
            {
                dataset_id: 9,
                name: 'people',
                rows: 2,
                versions: [{ version_id: 1, rows: 2 }],
                hits: [
                    { row_id: 12, cells: [{ column: 'name', cell: 'Z••' }] },
                    { row_id: 40, cells: [{ column: 'name', cell: 'Z••' }] },
                ],
                in_original: true,
                in_rejects: 0,
            },
        ],
        batches: 1,
        predictions: 0,
    },
    models: [],
    open_decisions: 0,
    certificate: null,
};
const done: PersonRequest = {
    ...found,
    phase: 'done',
    findings: { datasets: [], batches: 0, predictions: 0 },
    open_decisions: 1,
    models: [
        {
            model_id: 5,
            name: 'RandomForestClassifier',
            target: 'city',
            dataset_id: 9,
            training_id: 2,
            rows: 2,
            decision: 'open',
            reason: '',
            decided_by: 0,
            decided_by_name: '',
            decided_at: null,
            new_training_id: null,
        },
    ],
};
const session = {
    'GET /api/v1/session': {
        user: { id: 7, name: 'ada', administrator: false, language: null, created_at: 1, disabled_at: null },
        via: 'session',
        scope: 'admin',
        csrf_token: 'x',
        language: 'en',
    },
};
const base = '/api/v1/projects/4/person-searches';

describe('erasing a person from rows', () => {
    it('searches by values and shows what was asked before', async () => {
        const calls = serve({
            ...session,
            [`GET ${base}`]: { requests: [done] },
            [`POST ${base}`]: found,
            [`GET ${base}/c0de`]: { ...found, phase: 'rewrite', problem: 'base.disk_full' },
        });
        open('/projects/4/person/');
        await userEvent.type(await screen.findByLabelText('Value'), 'Zoe');
        await userEvent.click(screen.getByRole('button', { name: 'Search' }));
        await waitFor(() =>
            expect(calls.find((call) => call.method === 'POST')?.body).toEqual({
                values: [{ value: 'Zoe', column: '' }],
            }),
        );
        expect(await screen.findByText(/base\.disk_full/)).toBeTruthy();
        expect(screen.getByText(/1 model waits for a decision/)).toBeTruthy();
    });

    it('erases what was found but the rows that are another’s', async () => {
        const calls = serve({
            ...session,
            [`GET ${base}`]: { requests: [found] },
            [`GET ${base}/c0de`]: found,
            [`POST ${base}/c0de/erasure`]: { ...found, phase: 'list' },
        });
        open('/projects/4/person/?code=c0de');
        await userEvent.click(await screen.findByLabelText('Row 40: name Z••'));
        const button = screen.getByRole('button', { name: 'Erase these rows' });
        expect(button.hasAttribute('disabled')).toBe(true);
        await userEvent.click(screen.getByLabelText(/^I have looked/));
        await userEvent.click(button);
        await waitFor(() =>
            expect(calls.find((call) => call.method === 'POST')?.body).toEqual({
                spared: [{ dataset_id: 9, rows: [40] }],
            }),
        );
    });

    it('asks for a decision about each model', async () => {
        const calls = serve({
            ...session,
            [`GET ${base}`]: { requests: [done] },
            [`GET ${base}/c0de`]: done,
            [`POST ${base}/c0de/decisions`]: done,
        });
        open('/projects/4/person/?code=c0de');
        await userEvent.type(await screen.findByLabelText('Reason'), 'two rows of many');
        await userEvent.click(screen.getByRole('button', { name: 'Keep it, for this reason' }));
        await waitFor(() =>
            expect(calls.find((call) => call.method === 'POST')?.body).toEqual({
                model_id: 5,
                decision: 'justify',
                reason: 'two rows of many',
            }),
        );
    });
});
