import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { changeLanguage } from '../../lib/i18n';
import { open, refusal, serve } from '../../lib/test_render';
import { namesOf, pointsOf, shownMetric } from './metrics';
import type { Run } from './queries';

afterEach(async () => {
    vi.unstubAllGlobals();
    await changeLanguage('en');
});

const API = '/ajax-api/2.0/mlflow';
const run = (id: string, score: number, leaves: string): Run => ({
    info: {
        run_id: id,
        run_name: `try ${id}`,
        experiment_id: '1',
        status: 'FINISHED',
        start_time: 1.79e12,
        end_time: 1.79e12 + 5000,
        lifecycle_stage: 'active',
    },
    data: {
        metrics: [
            { key: 'auc', value: score, step: 2, timestamp: 1 },
            { key: 'loss', value: 1 - score, step: 2, timestamp: 1 },
        ],
        params: [
            { key: 'leaves', value: leaves },
            { key: 'seed', value: '7' },
        ],
        tags: [{ key: 'mlflow.user', value: 'ann' }],
    },
});
const runs = [run('a1', 0.8, '31'), run('b2', 0.9, '63')];
const history = [
    { key: 'auc', value: 'NaN', step: 0, timestamp: 1 },
    { key: 'auc', value: 0.7, step: 1, timestamp: 1 },
    { key: 'auc', value: 0.9, step: 2, timestamp: 1 },
];
const answers = {
    [`POST ${API}/experiments/search`]: {
        experiments: [{ experiment_id: '1', name: 'titanic', lifecycle_stage: 'active' }],
    },
    [`POST ${API}/runs/search`]: { runs },
    [`GET ${API}/runs/get`]: ({ path }: { path: string }) => ({
        run: runs.find((one) => path.includes(one.info.run_id)),
    }),
    [`GET ${API}/metrics/get-history`]: { metrics: history },
    [`GET ${API}/artifacts/list`]: ({ path }: { path: string }) =>
        path.includes('&path=')
            ? { files: [{ path: 'model/MLmodel', is_dir: false, file_size: 20 }] }
            : { files: [{ path: 'model', is_dir: true }] },
};

describe('runs', () => {
    it('show their scores and settings, and lead to a comparison', async () => {
        serve(answers);
        const shown = open('/mlflow/');
        const table = await screen.findByRole('table', { name: 'Runs' });
        expect(await within(table).findByText('0.9')).toBeTruthy();
        expect(within(table).getByText('63')).toBeTruthy();
        await userEvent.click(screen.getByLabelText('compare try a1'));
        await userEvent.click(screen.getByLabelText('compare try b2'));
        await userEvent.click(screen.getByRole('button', { name: 'Compare 2 runs' }));
        const settings = await screen.findByRole('table', { name: 'Settings that differ' });
        expect(within(settings).getByText('leaves')).toBeTruthy();
        expect(within(settings).queryByText('seed')).toBeNull();
        expect(await screen.findByText(/auc of try a1 ends at 0.9. auc of try b2/)).toBeTruthy();
        expect(screen.getByText('2 runs over 2 scores: each line is a run.')).toBeTruthy();
        expect(shown.router.state.location.search).toBe('?compare=a1,b2');
    });

    it('open with their files, a folder at a time', async () => {
        const calls = serve({ ...answers, [`POST ${API}/runs/delete`]: {} });
        open('/mlflow/?run=b2');
        await userEvent.click(await screen.findByRole('button', { name: 'model/' }));
        expect(
            await screen.findByRole('link', { name: 'MLmodel' }).then((link) => link.getAttribute('href')),
        ).toBe('/api/2.0/mlflow-artifacts/artifacts/1/b2/artifacts/model/MLmodel');
        await userEvent.click(screen.getByRole('button', { name: 'Move to the bin' }));
        expect(calls.find((call) => call.path.endsWith('/runs/delete'))?.body).toEqual({ run_id: 'b2' });
    });

    it('say that there is none, in French too', async () => {
        serve({ ...answers, [`POST ${API}/runs/search`]: {} });
        await changeLanguage('fr');
        open('/mlflow/');
        expect(await screen.findByText('Aucun essai pour l’instant')).toBeTruthy();
    });

    it('count names and points as they are', () => {
        expect(namesOf([...runs, run('c', 1, '1')], 'params')).toEqual(['leaves', 'seed']);
        expect(pointsOf(history)).toEqual([
            [1, 0.7],
            [2, 0.9],
        ]);
        expect(shownMetric('NaN')).toBe('NaN');
    });
});

describe('the bin', () => {
    const items = [
        { kind: 'run', id: 'a1', name: 'try a1', project_id: 1, size_bytes: 2_000_000 },
        { kind: 'registered_model', id: '4', name: 'fares', project_id: 1, size_bytes: 0 },
    ];

    it('gives back and deletes for good, one by one or all', async () => {
        const calls = serve({
            ...answers,
            'GET /api/v1/bin': { items },
            'POST /api/v1/bin/restorations': { items: [] },
            'POST /api/v1/bin/removals': { removed: 1, kept: 0, freed_bytes: 2_000_000 },
            'DELETE /api/v1/bin': { removed: 1, kept: 1, freed_bytes: 0 },
        });
        open('/mlflow/?tab=bin');
        await userEvent.click(await screen.findByRole('button', { name: 'Restore fares' }));
        await userEvent.click(screen.getByRole('button', { name: 'Delete for good: try a1' }));
        expect(await screen.findByText(/freed on the disk/)).toBeTruthy();
        expect(calls.find((call) => call.path.endsWith('restorations'))?.body).toEqual({
            items: [{ kind: 'registered_model', id: '4' }],
        });
        expect(calls.find((call) => call.path.endsWith('removals'))?.body).toEqual({
            items: [{ kind: 'run', id: 'a1' }],
        });
        await userEvent.click(screen.getByLabelText('Delete everything in the bin for good'));
        await userEvent.click(screen.getByRole('button', { name: 'Empty the bin' }));
        expect(await screen.findByText(/1 is kept/)).toBeTruthy();
        expect(calls.some((call) => call.method === 'DELETE' && call.path === '/api/v1/bin')).toBe(true);
    });

    it('says why something stays, and that it is empty, in French too', async () => {
        serve({
            ...answers,
            'GET /api/v1/bin': { items: items.slice(0, 1) },
            'POST /api/v1/bin/removals': refusal(409, 'tracking.in_use', 'Version fares/1 rests on it.'),
        });
        const shown = open('/mlflow/?tab=bin');
        await userEvent.click(await screen.findByRole('button', { name: 'Delete for good: try a1' }));
        expect(await screen.findByText('Version fares/1 rests on it.')).toBeTruthy();
        shown.unmount();
        serve({ ...answers, 'GET /api/v1/bin': { items: [] } });
        await changeLanguage('fr');
        open('/mlflow/?tab=bin');
        expect(await screen.findByText('La corbeille est vide')).toBeTruthy();
    });

    it('takes an experiment', async () => {
        const calls = serve({ ...answers, [`POST ${API}/experiments/delete`]: {} });
        open('/mlflow/');
        await userEvent.click(await screen.findByRole('button', { name: 'Move this experiment to the bin' }));
        expect(calls.find((call) => call.path.endsWith('/experiments/delete'))?.body).toEqual({
            experiment_id: '1',
        });
    });
});

describe('registered models', () => {
    const model = { id: 4, name: 'fares', description: '', last_version: 2, updated_at: 1.79e12 };
    const version = (number: string, aliases: string[]) => ({
        name: 'fares',
        version: number,
        creation_timestamp: 1.79e12,
        current_stage: 'None',
        run_id: 'b2',
        aliases,
    });
    const registry = {
        'GET /api/v1/registered-models': { registered_models: [model] },
        [`GET ${API}/model-versions/search`]: {
            model_versions: [version('1', ['champion']), version('2', [])],
        },
        'GET /api/v1/registered-models/4/promotions': {
            promotions: [
                {
                    id: 1,
                    alias: 'champion',
                    stage: '',
                    version: 1,
                    former_version: null,
                    user_name: 'ann',
                    reason: 'first',
                    promoted_at: 1.79e12,
                },
            ],
        },
    };

    it('are promoted with a reason and rolled back', async () => {
        const calls = serve({
            ...registry,
            'POST /api/v1/registered-models/4/promotions': { promotions: [] },
            'POST /api/v1/registered-models/4/rollbacks': refusal(409, 'models.no_former', 'It never moved.'),
        });
        open('/mlflow/?tab=models');
        await userEvent.click(await screen.findByRole('link', { name: 'fares' }));
        await userEvent.type(await screen.findByLabelText('Why'), 'better');
        await userEvent.click(screen.getByRole('button', { name: 'Make it the champion' }));
        expect(
            calls.find((call) => call.path.endsWith('promotions') && call.method === 'POST')?.body,
        ).toEqual({
            alias: 'champion',
            reason: 'better',
            version: '2',
        });
        expect(await screen.findByText('champion: – → 1')).toBeTruthy();
        await userEvent.click(screen.getByRole('button', { name: 'Go back to the former one' }));
        expect(await screen.findByText('It never moved.')).toBeTruthy();
    });

    it('that are not there say so', async () => {
        serve({ ...registry, 'GET /api/v1/registered-models': { registered_models: [] } });
        const shown = open('/mlflow/?tab=models');
        expect(await screen.findByText('No model is registered yet')).toBeTruthy();
        shown.unmount();
        open('/mlflow/?model=nobody');
        expect(await screen.findByRole('heading', { name: 'There is nothing here' })).toBeTruthy();
    });
});
