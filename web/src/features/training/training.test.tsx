import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { job, profile, report, view } from '../../lib/test_data';
import { open, serve } from '../../lib/test_render';
import { confusionRows, scoreText } from './scores';

const training = {
    id: 5,
    dataset_id: 7,
    version_id: 12,
    job_id: 3,
    request: { target: 'Survived' },
    state: 'succeeded',
    report,
    problem: null,
    created_at: 1.79e12,
};
const answers = {
    'GET /view/7/': view,
    'GET /api/v1/datasets/7/profile': profile,
    'GET /api/v1/datasets/7/targets': {
        targets: [
            { column: 'Survived', task: 'binary', rank: 4, reasons: ['telling_name', 'two_values'] },
            { column: 'Age', task: 'regression', rank: 0, reasons: [] },
        ],
    },
    'GET /api/v1/datasets/7/trainings': { trainings: [training] },
    'GET /api/v1/trainings/5': training,
};

describe('training', () => {
    it('proposes a target in one sentence and starts with one press', async () => {
        const calls = serve({ ...answers, 'POST /api/v1/datasets/7/trainings': training });
        open('/view/7/?tab=predict');
        expect(
            await screen.findByText(/Predict Survived, a choice of two .* from 5 other columns of 889 rows/),
        ).toBeTruthy();
        await userEvent.click(screen.getByRole('radio', { name: /Solid/ }));
        await userEvent.click(screen.getByRole('button', { name: 'Start the training' }));
        expect(await screen.findByText('Better than guessing')).toBeTruthy();
        expect(calls.find((call) => call.method === 'POST')?.body).toEqual({
            target: 'Survived',
            preset: 'solid',
            budget_s: 120,
        });
    });

    it('keeps advanced options folded and sends those that are set', async () => {
        const calls = serve({ ...answers, 'POST /api/v1/datasets/7/trainings': training });
        open('/view/7/?tab=predict');
        await userEvent.click(await screen.findByRole('button', { name: 'Advanced options' }));
        await userEvent.type(await screen.findByLabelText('Trees'), '50');
        await userEvent.click(screen.getByRole('button', { name: 'Start the training' }));
        await waitFor(() => expect(calls.some((call) => call.method === 'POST')).toBe(true));
        expect(calls.find((call) => call.method === 'POST')?.body).toMatchObject({
            budget_s: 20,
            options: { trees: 50 },
        });
    });

    it('shows the leaderboard as it grows and can be stopped', async () => {
        const running = { ...training, report: null, state: 'running' };
        const calls = serve({
            ...answers,
            'GET /api/v1/trainings/5': running,
            'GET /api/v1/jobs/3': { ...job, latest_event: report.leaderboard[1] },
            'POST /api/v1/trainings/5/cancel': running,
        });
        open('/view/7/?tab=predict&training=5');
        expect(await screen.findByRole('rowheader', { name: /LogisticRegression/ })).toBeTruthy();
        await userEvent.click(screen.getByRole('button', { name: 'Stop' }));
        await waitFor(() =>
            expect(calls.some((call) => call.path === '/api/v1/trainings/5/cancel')).toBe(true),
        );
    });

    it('says why a training failed', async () => {
        const problem = {
            reason: 'learn.one_class',
            message: 'The column has one value only.',
            hint: 'Choose another.',
            details: {},
        };
        serve({
            ...answers,
            'GET /api/v1/trainings/5': { ...training, report: null, state: 'failed', problem },
        });
        open('/view/7/?tab=predict&training=5');
        expect(await screen.findByText('The column has one value only.')).toBeTruthy();
        await userEvent.click(screen.getByRole('button', { name: 'Train again' }));
        expect(await screen.findByRole('button', { name: 'Start the training' })).toBeTruthy();
    });
});

describe('verdict', () => {
    it('comes in words first, against guessing, with its interval', async () => {
        serve(answers);
        open('/view/7/?tab=predict&training=5');
        expect(await screen.findByText(/Right 83% of the time \(78% to 87%\).*right 62%/)).toBeTruthy();
        expect(screen.getByText(/Checked on 178 rows set aside/)).toBeTruthy();
        expect(screen.getByText('Of 68 rows that were true, 50 were recognised (74%).')).toBeTruthy();
        expect(screen.getByText(/names each row/)).toBeTruthy();
        expect(screen.getByRole('link', { name: 'Try it on one case' }).getAttribute('href')).toBe(
            '/test-model/7/RandomForestClassifier/',
        );
    });

    it('tells the ends of a narrow interval apart', async () => {
        const narrow = {
            ...report.verdict,
            value: 0.9823,
            baseline: -0.0001,
            interval: { low: 0.9811, high: 0.9834 },
        };
        const sure = { ...report, verdict: { ...narrow, score: 'r2' } };
        serve({ ...answers, 'GET /api/v1/trainings/5': { ...training, report: sure } });
        open('/view/7/?tab=predict&training=5');
        expect(
            await screen.findByText(/explains 98.2% .*\(98.1% to 98.3%\).*average explains 0%/),
        ).toBeTruthy();
    });

    it.each([
        ['not_better', /Do not use this model/, []],
        ['too_good_leakage', /“Boat” gives the answer away.*Drop that column/, []],
        ['too_good_leakage', /It was left out/, [{ column: 'Boat', reason: 'leakage' }]],
    ])('warns when it is %s, without a way to try it first', async (kind, text, excluded) => {
        const bad = { ...report, excluded, verdict: { ...report.verdict, kind, column: 'Boat' } };
        serve({ ...answers, 'GET /api/v1/trainings/5': { ...training, report: bad } });
        open('/view/7/?tab=predict&training=5');
        expect(await screen.findByText(text)).toBeTruthy();
        expect(screen.queryByRole('link', { name: 'Try it on one case' })).toBeNull();
    });
});

describe('past trainings', () => {
    it.each([
        ['Too good to be true', []],
        ['A column gave the answer away', [{ column: 'Boat', reason: 'leakage' }]],
    ])('say %s as the verdict does', async (text, excluded) => {
        const verdict = { ...report.verdict, kind: 'too_good_leakage', column: 'Boat' };
        const past = { ...training, report: { ...report, excluded, verdict } };
        serve({ ...answers, 'GET /api/v1/datasets/7/trainings': { trainings: [past] } });
        open('/view/7/?tab=predict');
        expect(await screen.findByText(new RegExp(`^${text} · `))).toBeTruthy();
    });
});

describe('scores', () => {
    it('are shares or numbers by their name', () => {
        expect(scoreText('accuracy', 0.834)).toBe('83.4%');
        expect(scoreText('rmse', 1234.56)).toBe('1,235');
    });

    it('count right answers of each class', () => {
        expect(confusionRows(['a', 'b'], [3, 1, 2, 4])).toEqual([
            { name: 'a', cells: [3, 1], right: 3, total: 4 },
            { name: 'b', cells: [2, 4], right: 4, total: 6 },
        ]);
    });
});
