import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Schemas } from '../../api/types';
import { changeLanguage } from '../../lib/i18n';
import { job } from '../../lib/test_data';
import { open, refusal, serve } from '../../lib/test_render';
import { typicalOf } from './RowForm';

afterEach(async () => {
    vi.unstubAllGlobals();
    await changeLanguage('en');
});

const field = (column: string, rest: Partial<Schemas['FormField']>): Schemas['FormField'] => ({
    column,
    type: 'text',
    categories: [],
    low: 0,
    high: 0,
    whole: false,
    typical: '',
    ...rest,
});

const form: Schemas['Form'] = {
    model: {
        id: 5,
        project_id: 1,
        dataset_id: 7,
        training_id: 9,
        name: 'RandomForestClassifier',
        target: 'Survived',
        task: 'binary',
        rank: 1,
        created_at: 1.79e12,
    } as Schemas['Model'],
    classes: ['false', 'true'],
    fields: [
        field('Age', { type: 'real', low: 0.42, high: 80, typical: '28' }),
        field('Siblings', { type: 'integer', whole: true, low: 0, high: 8, typical: '0' }),
        field('Sex', { categories: ['female', 'male'], typical: 'male' }),
        field('Alone', { type: 'boolean', typical: 'true' }),
        field('Boarded', { type: 'date', typical: '1912-04-10' }),
        field('Ticket', { typical: 'A/5 21171' }),
    ],
};
const formPath = '/test-model/7/RandomForestClassifier/';
const answer: Schemas['Answer'] = {
    model_id: 5,
    model_name: 'RandomForestClassifier',
    prediction: 'true',
    probabilities: { false: 0.134, true: 0.866 },
    warnings: [{ code: 'out_of_range', column: 'Age' }],
};
const batch: Schemas['Batch'] = {
    id: 3,
    project_id: 1,
    model_id: 5,
    job_id: 11,
    file_name: 'new.csv',
    state: 'running',
    rows: 0,
    rows_rejected: 0,
    problem: null,
    created_at: 1.79e12,
};

/** XMLHttpRequest as far as an upload needs it: answers at once. */
function serveUpload(status: number, body: unknown, sent: { path: string; form: FormData }[] = []) {
    class Upload {
        path = '';
        status = status;
        responseText = JSON.stringify(body);
        upload: { onprogress?: (event: object) => void } = {};
        onload?: () => void;
        open(_: string, path: string) {
            this.path = path;
        }
        setRequestHeader() {}
        getResponseHeader = () => null;
        send(form: FormData) {
            sent.push({ path: this.path, form });
            this.upload.onprogress?.({ lengthComputable: true, loaded: 1, total: 2 });
            this.onload?.();
        }
    }
    vi.stubGlobal('XMLHttpRequest', Upload);
    return sent;
}

const dropFile = () =>
    userEvent.upload(
        document.querySelector<HTMLInputElement>('input[type=file]')!,
        new File(['Age\n3\n'], 'new.csv'),
    );

describe('form of a model', () => {
    it('begins with a typical row and sends what was changed, nothing for what is unknown', async () => {
        const calls = serve({ [`GET ${formPath}`]: form, [`POST ${formPath}`]: answer });
        open(formPath);
        const age = await screen.findByLabelText('Age');
        expect((age as HTMLInputElement).value).toBe('28');
        expect(screen.getByText('seen: 0.42 to 80')).toBeTruthy();
        await userEvent.clear(age);
        await userEvent.type(age, '99.5');
        await userEvent.clear(screen.getByLabelText('Ticket'));
        await userEvent.click(screen.getByLabelText('Sex', { selector: 'input' }));
        await userEvent.click(await screen.findByRole('option', { name: 'female' }));
        await userEvent.click(screen.getByLabelText('Alone', { selector: 'input' }));
        await userEvent.click(await screen.findByRole('option', { name: 'no' }));
        await userEvent.click(screen.getByRole('button', { name: 'Predict' }));
        await screen.findByText('Survived: true');
        expect(calls.find((call) => call.method === 'POST')?.body).toEqual({
            values: {
                Age: 99.5,
                Siblings: 0,
                Sex: 'female',
                Alone: false,
                Boarded: '1912-04-10',
                Ticket: null,
            },
        });
    });

    it('shows the answer for the row that a plain form left behind the #', async () => {
        const calls = serve({ [`GET ${formPath}`]: form, [`POST ${formPath}`]: answer });
        open(`${formPath}#Age=30,5&Sex=female&Alone=false&Ticket=A%2F5+1`);
        await screen.findByText('Survived: true');
        expect(calls.find((call) => call.method === 'POST')?.body).toEqual({
            values: {
                Age: 30.5,
                Siblings: null,
                Sex: 'female',
                Alone: false,
                Boarded: null,
                Ticket: 'A/5 1',
            },
        });
    });

    it('tells how sure it is, the likeliest first, and what to be careful about', async () => {
        serve({ [`GET ${formPath}`]: form, [`POST ${formPath}`]: answer });
        open(formPath);
        await userEvent.click(await screen.findByRole('button', { name: 'Predict' }));
        const table = await screen.findByRole('table', { name: 'Probability of each answer' });
        expect(within(table).getAllByRole('rowheader')[0]!.textContent).toBe('true');
        expect(within(table).getByText('86.6%')).toBeTruthy();
        expect(screen.getByText(/“Age” is outside/)).toBeTruthy();
    });

    it('writes numbers the French way', async () => {
        const price = { ...answer, prediction: 1234.5, probabilities: {}, warnings: [] };
        serve({ [`GET ${formPath}`]: form, [`POST ${formPath}`]: price });
        await changeLanguage('fr');
        open(formPath);
        await userEvent.click(await screen.findByRole('button', { name: 'Prédire' }));
        expect(await screen.findByText(/Survived : 1 234,5/)).toBeTruthy();
    });

    it('says why a row was refused, and that an unknown model is not there', async () => {
        serve({
            [`GET ${formPath}`]: form,
            [`POST ${formPath}`]: refusal(400, 'predictions.no_row', 'There is no value.'),
        });
        const shown = open(formPath);
        await userEvent.click(await screen.findByRole('button', { name: 'Predict' }));
        expect(await screen.findByText('There is no value.')).toBeTruthy();
        shown.unmount();
        open('/test-model/7/Oracle/');
        expect(await screen.findByRole('heading', { name: 'There is nothing here' })).toBeTruthy();
    });

    it('takes typical values as the field holds them', () => {
        const typical = (rest: Partial<Schemas['FormField']>) => typicalOf(field('x', rest));
        expect(typical({ typical: '' })).toBeNull();
        expect(typical({ type: 'integer', typical: '3' })).toBe(3);
        expect(typical({ type: 'real', typical: 'many' })).toBeNull();
        expect(typical({ type: 'boolean', typical: 'false' })).toBe(false);
        expect(typical({ type: 'timestamp', typical: '2026-01-02 03:04:05' })).toBe('2026-01-02T03:04:05');
    });
});

describe('model card', () => {
    it('shows what is known and what is missing, once asked for', async () => {
        const lines = [
            { kind: 'fact', text: 'Learnt from 200 rows.' },
            { kind: 'gap', text: 'the name of the provider.' },
        ];
        const path = `GET /api/v1/models/${form.model.id}/card`;
        const card = { title: 'Card', lead: 'Facts', sections: [{ title: 'General', lines }] };
        const calls = serve({ [`GET ${formPath}`]: form, [path]: card });
        open(formPath);
        const button = await screen.findByRole('button', { name: 'Show the model card' });
        expect(calls.some((call) => call.path.endsWith('/card'))).toBe(false);
        await userEvent.click(button);
        expect(await screen.findByText('Learnt from 200 rows.')).toBeTruthy();
        expect(screen.getByText('Missing:', { exact: false })).toBeTruthy();
    });
});

describe('batch', () => {
    const base = { [`GET ${formPath}`]: form };

    it('sends the file, shows how far it is, and stops it', async () => {
        const sent = serveUpload(202, batch);
        const calls = serve({
            ...base,
            'GET /api/v1/jobs/11': { ...job, id: 11, kind: 'batch' },
            'GET /api/v1/batches/3': batch,
            'POST /api/v1/jobs/11/cancel': { ...job, id: 11, cancel_requested: true },
        });
        open(formPath);
        await screen.findByText('Drop a CSV file with rows to predict');
        await dropFile();
        const bar = await screen.findByRole('progressbar', { name: 'Predicting new.csv' });
        await waitFor(() => expect(bar.getAttribute('aria-valuenow')).toBe('40'));
        expect(sent[0]!.path).toBe('/api/v1/models/5/batches');
        expect((sent[0]!.form.get('file') as File).name).toBe('new.csv');
        await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
        await waitFor(() => expect(calls.some((call) => call.path.endsWith('/cancel'))).toBe(true));
    });

    it('hands the answers out', async () => {
        serveUpload(202, batch);
        serve({
            ...base,
            'GET /api/v1/jobs/11': { ...job, id: 11, state: 'succeeded' },
            'GET /api/v1/batches/3': { ...batch, state: 'succeeded', rows: 50 },
        });
        open(formPath);
        await screen.findByText('Drop a CSV file with rows to predict');
        await dropFile();
        const link = await screen.findByRole('link', { name: 'Download the answers (CSV)' });
        expect(link.getAttribute('href')).toBe('/api/v1/batches/3/file');
        expect(screen.getByText('50 rows predicted.')).toBeTruthy();
    });

    it('says why it failed, and why a file was refused', async () => {
        const problem = { reason: 'x', message: 'No row could be read.', hint: 'Look at it.', details: {} };
        serveUpload(202, batch);
        serve({
            ...base,
            'GET /api/v1/jobs/11': { ...job, id: 11, state: 'failed' },
            'GET /api/v1/batches/3': { ...batch, state: 'failed', problem },
        });
        const shown = open(formPath);
        await screen.findByText('Drop a CSV file with rows to predict');
        await dropFile();
        expect(await screen.findByText('No row could be read.')).toBeTruthy();
        shown.unmount();
        serveUpload(413, {
            error: { kind: 'too_large', reason: 'x', message: 'Too large.', hint: '', request_id: 'r' },
        });
        open(formPath);
        await screen.findByText('Drop a CSV file with rows to predict');
        await dropFile();
        expect(await screen.findByText('Too large.')).toBeTruthy();
    });
});
