import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { changeLanguage } from '../../lib/i18n';
import { open, refusal, serve } from '../../lib/test_render';
import { columnsOf, levelOf } from './HeatMap';
import type { Distribution, ModelMonitoring, WatchedModel, Window } from './queries';
import { scoresOf } from './QualityPart';
import { nameOf, standingOf, worstFirst } from './state';
import { groupsOf } from './WindowPart';

afterEach(async () => {
    vi.unstubAllGlobals();
    await changeLanguage('en');
});

const score = (name: string, value: number) => ({
    name,
    value,
    interval: { low: value - 0.02, high: value + 0.02, source: 'wilson' },
});
const quality: Window['quality'] = {
    state: 'unknown',
    labelled_rows: 0,
    measured: [],
    estimated: [score('accuracy', 0.8)],
    alarms: [],
};
const window = (id: number, more: Partial<Window> = {}): Window => ({
    id,
    kind: 'batch',
    batch_id: id,
    from_ms: 1.79e12 + id * 3_600_000,
    to_ms: 1.79e12 + id * 3_600_000,
    rows: 400,
    state: 'stable',
    level: 'none',
    action: 'nothing',
    since_ms: null,
    columns: [],
    sentence: 'All is well.',
    advice: 'Nothing to do.',
    effects: { age: 0.02, town: 0 },
    quality,
    ...more,
});
const drifted = window(2, {
    state: 'drifted',
    level: 'strong',
    action: 'retrain',
    columns: ['age'],
    sentence: 'The data has changed.',
    advice: 'Train again.',
    effects: { age: 0.31, town: 0.07 },
});
const watched = (id: number, last: Window | null, more: Partial<WatchedModel> = {}): WatchedModel => ({
    model: {
        id,
        project_id: 1,
        dataset_id: 7,
        training_id: 1,
        name: 'RandomForestClassifier',
        rank: 1,
        target: 'buys',
        task: 'binary',
        metric: 'roc_auc',
        score: 0.9,
        created_at: 1.79e12,
    },
    dataset_name: 'shop',
    addresses: ['models:/shop-buys@champion'],
    predictions: 800,
    waiting_rows: 0,
    windows: last ? 2 : 0,
    last_at_ms: 1.79e12,
    is_checking: false,
    last,
    ...more,
});
const monitoring: ModelMonitoring = {
    summary: watched(4, drifted),
    quality_when_trained: [score('roc_auc', 0.9), score('accuracy', 0.85)],
    timeline: [window(1), drifted],
};
const distribution: Distribution = {
    column: 'age',
    role: 'input',
    kind: 'number',
    importance: 0.6,
    edges: [0, 10, 20],
    names: [],
    reference: [0.9, 0.1],
    window: [0.2, 0.8],
};
const answers = {
    'GET /monitoring/': { models: [watched(5, window(1)), watched(4, drifted), watched(6, null)] },
    'GET /monitoring/7/data/': { dataset_id: 7, dataset_name: 'shop', models: [monitoring] },
    'GET /api/metrics/': {
        counts: { datasets: 1, models: 1, jobs: 0 },
        requests: 200,
        client_errors: 3,
        server_errors: 1,
        latency: { p50_s: 0.001, p95_s: 0.002, p99_s: 0.004 },
        measured_at: 1.79e12,
    },
    'GET /api/v1/models/4/monitoring/windows/2': {
        window: drifted,
        findings: [],
        distributions: [distribution],
    },
    'GET /api/v1/models/4/monitoring/windows/1': {
        window: window(1),
        findings: [],
        distributions: [distribution],
    },
};

describe('how a model stands', () => {
    it('is that of its newest window, and losing quality outweighs the rest', () => {
        expect(standingOf(null)).toBe('unjudged');
        expect(standingOf(drifted)).toBe('drifted');
        expect(standingOf(window(1, { quality: { ...quality, state: 'worse' } }))).toBe('worse');
        expect(worstFirst([watched(5, window(1)), watched(4, drifted)]).map((one) => one.model.id)).toEqual([
            4, 5,
        ]);
        expect(nameOf(watched(1, null))).toBe('shop-buys@champion');
        expect(nameOf(watched(1, null, { addresses: [] }))).toBe('RandomForestClassifier');
    });
    it('shows the farthest columns first, in the steps of the server', () => {
        expect(columnsOf([window(1), drifted])).toEqual(['age', 'town']);
        expect([0, 0.05, 0.1, 0.3].map(levelOf)).toEqual([0, 1, 2, 3]);
        expect(scoresOf(monitoring)).toEqual(['accuracy']);
        expect(groupsOf(distribution, 'others')).toEqual(['0 – 10', '10 – 20']);
        expect(groupsOf({ ...distribution, edges: [], names: ['Lyon', ''] }, 'others')).toEqual([
            'Lyon',
            'others',
        ]);
    });
});

describe('monitoring pages', () => {
    it('show all models, the worst first, and the health of the service', async () => {
        serve(answers);
        open('/monitoring/');
        const table = await screen.findByRole('table', { name: 'Models in use' });
        const rows = within(table).getAllByRole('row').slice(1);
        expect(rows[0]?.textContent).toContain('The data has changed.');
        expect(rows[2]?.textContent).toContain('All is well.');
        await screen.findByText('0.5%');
    });
    it('say what to do when no model is in use', async () => {
        serve({ ...answers, 'GET /monitoring/': { models: [] } });
        open('/monitoring/');
        await screen.findByText('No model is in use yet');
    });
    it('tell what has changed, and lead to a new training', async () => {
        serve(answers);
        open('/monitoring/7/data/');
        const again = await screen.findByRole('link', { name: 'Train again' });
        expect(again.getAttribute('href')).toBe('/view/7/?tab=predict');
        await screen.findByText(/was 10% of the rows when trained, and is 80% now/);
        const heat = screen.getByRole('table', { name: 'Columns over time' });
        expect(within(heat).getByRole('row', { name: /age/ }).textContent).toContain('0.31');
        await userEvent.click(within(heat).getAllByRole('button', { name: /window/ })[0]!);
        await screen.findByText('All is well.');
    });
    it('offer a new training when the answers are worse, whatever moved; and none when the source is to be mended', async () => {
        const page = (last: Window) => ({
            ...answers,
            'GET /monitoring/7/data/': {
                dataset_id: 7,
                dataset_name: 'shop',
                models: [{ ...monitoring, summary: watched(4, last), timeline: [window(1), last] }],
            },
        });
        const broken = { ...drifted, action: 'mend_source' as const };
        serve(page({ ...broken, quality: { ...quality, state: 'worse' } }));
        const first = open('/monitoring/7/data/');
        await screen.findByRole('link', { name: 'Train again' });
        first.unmount();
        serve(page(broken));
        open('/monitoring/7/data/');
        await screen.findByText('Train again.');
        expect(screen.queryByRole('link', { name: 'Train again' })).toBeNull();
    });
    const town: Distribution = {
        ...distribution,
        column: 'town',
        kind: 'category',
        edges: [],
        names: ['Lyon', ''],
    };
    it('show a column that is chosen in the map, and all columns when asked', async () => {
        const effects = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`c${i}`, i / 100]));
        const wide = { ...drifted, effects: { ...effects, age: 0.9 } };
        serve({
            ...answers,
            'GET /monitoring/7/data/': {
                dataset_id: 7,
                dataset_name: 'shop',
                models: [{ ...monitoring, timeline: [window(1), wide] }],
            },
            'GET /api/v1/models/4/monitoring/windows/2': {
                window: wide,
                findings: [],
                distributions: [distribution, town],
            },
        });
        open('/monitoring/7/data/');
        const heat = await screen.findByRole('table', { name: 'Columns over time' });
        expect(within(heat).queryByRole('button', { name: 'c0' })).toBeNull();
        await userEvent.click(screen.getByRole('button', { name: 'Show all 22' }));
        await screen.findByText(/^age: .* was 10% of the rows/);
        await userEvent.click(within(heat).getByRole('button', { name: 'town' }));
        expect(within(heat).getByRole('button', { name: 'town' }).getAttribute('aria-pressed')).toBe('true');
        await screen.findByText(/^town: all others was 10% of the rows/);
    });
    it('pass on why nothing can be judged yet, in French too', async () => {
        await changeLanguage('fr');
        const calls = serve({
            ...answers,
            'POST /api/v1/models/4/monitoring/check': refusal(409, 'monitoring.too_few_rows', 'Trop peu.'),
        });
        open('/monitoring/7/data/');
        await userEvent.click(await screen.findByRole('button', { name: 'Contrôler maintenant' }));
        await screen.findByText('Trop peu.');
        expect(calls.some((call) => call.method === 'POST')).toBe(true);
    });
});
