import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { dataset, job, profile, rows, steps, view } from '../../lib/test_data';
import { open, refusal, serve } from '../../lib/test_render';

const answers = {
    'GET /view/7/': view,
    'GET /api/v1/datasets/7/rows': rows,
    'GET /api/v1/datasets/7/profile': profile,
    'GET /api/v1/cleaning/steps': steps,
    'GET /api/v1/jobs/3': job,
};

function stubUpload(status: number, text: string, location = '') {
    vi.stubGlobal(
        'XMLHttpRequest',
        class {
            upload: { onprogress?: (event: unknown) => void } = {};
            onload?: () => void;
            status = status;
            responseText = text;
            open() {}
            setRequestHeader() {}
            getResponseHeader = () => location;
            send() {
                this.upload.onprogress?.({ lengthComputable: true, loaded: 5, total: 10 });
                setTimeout(() => this.onload?.());
            }
        },
    );
}

describe('home', () => {
    it('says what to do when there is nothing', async () => {
        serve({ 'GET /api/v1/datasets': { datasets: [], total: 0 } });
        open('/');
        expect(await screen.findByText('No file yet.')).toBeTruthy();
        expect(screen.getByRole('button', { name: 'Choose a file' })).toBeTruthy();
    });

    it('lists data sets with rows, columns and size', async () => {
        serve({
            'GET /api/v1/datasets': {
                datasets: [dataset, { ...dataset, id: 8, name: 'b.csv', rows: null, columns: null }],
                total: 2,
            },
        });
        open('/');
        expect((await screen.findByRole('link', { name: 'titanic.csv' })).getAttribute('href')).toBe(
            '/view/7/',
        );
        expect(screen.getByRole('cell', { name: '889' })).toBeTruthy();
        expect(screen.getAllByRole('cell', { name: '59 kB' })).toHaveLength(2);
    });

    it('sends a dropped file and opens its page', async () => {
        stubUpload(201, '{"file":"a.csv","message":"Upload OK"}', '/view/7/');
        serve({ 'GET /api/v1/datasets': { datasets: [], total: 0 }, ...answers });
        const { router, container } = open('/');
        await screen.findByText('Drop a CSV file here');
        const file = new File(['a,b\n1,2\n'], 'a.csv');
        fireEvent.drop(container.querySelector('.drop')!, { dataTransfer: { files: [file] } });
        await waitFor(() => expect(router.state.location.pathname).toBe('/view/7/'));
    });

    it('says why a file was refused', async () => {
        stubUpload(
            413,
            JSON.stringify({
                error: {
                    kind: 'too_large',
                    reason: 'http.body_too_large',
                    message: 'The file is too large.',
                    hint: 'Cut it.',
                    request_id: 'r1',
                },
            }),
        );
        serve({ 'GET /api/v1/datasets': { datasets: [], total: 0 } });
        const { container } = open('/');
        await screen.findByText('Drop a CSV file here');
        await userEvent.upload(
            container.querySelector<HTMLInputElement>('input[type=file]')!,
            new File(['x'], 'big.csv'),
        );
        expect((await screen.findByRole('alert')).textContent).toContain('The file is too large.');
    });
});

describe('data set page', () => {
    it('shows the rows in a grid with a chart in words for each column', async () => {
        serve(answers);
        open('/view/7/');
        expect(await screen.findByRole('grid', { name: 'Rows of titanic.csv' })).toBeTruthy();
        expect(await screen.findByText('Person 0')).toBeTruthy();
        expect(
            await screen.findByRole('img', {
                name: 'From 0.42 to 80; half are below 28. 19.9% is missing (177 cells).',
            }),
        ).toBeTruthy();
    });

    it('sorts on the server', async () => {
        const calls = serve(answers);
        open('/view/7/');
        await userEvent.click(await screen.findByRole('button', { name: 'Age' }));
        await waitFor(() => expect(calls.some((call) => call.path.includes('sort=c0004'))).toBe(true));
        await userEvent.click(await screen.findByRole('button', { name: /Age/ }));
        await waitFor(() => expect(calls.some((call) => call.path.includes('descending=true'))).toBe(true));
    });

    it('tells each column in a sentence, and its figures on demand', async () => {
        serve(answers);
        open('/view/7/?tab=columns');
        expect(await screen.findByText(/16.2% of the cells are empty. 3 rows repeat/)).toBeTruthy();
        await userEvent.click(screen.getByRole('button', { name: 'Details of Age' }));
        expect(await screen.findByRole('cell', { name: '14.52' })).toBeTruthy();
        await userEvent.click(screen.getByRole('button', { name: 'Show the figures as a table' }));
        expect(screen.getAllByRole('cell', { name: '177' }).length).toBeGreaterThan(0);
        expect(screen.getByText('one rises, the other falls')).toBeTruthy();
    });

    it('accounts for every row of the file', async () => {
        serve(answers);
        open('/view/7/?tab=reading');
        expect(await screen.findByText('Of 891 rows, 889 were kept and 2 were set aside.')).toBeTruthy();
        expect(screen.getByRole('link', { name: 'Download them (CSV)' }).getAttribute('href')).toBe(
            '/api/v1/datasets/7/rejects',
        );
        expect(screen.getByText('Cells are separated by a semicolon.')).toBeTruthy();
        expect(screen.getByText(/3 cells begin with a zero/)).toBeTruthy();
        expect(screen.getByText('written like 31/12/2026: 412 cells say so, none against.')).toBeTruthy();
        expect(screen.getByText(/whole number: 889 cells say so/)).toBeTruthy();
        expect(screen.getByText(/“.” before the decimals: 700 cells say so/)).toBeTruthy();
    });

    it('proposes to mend, sends the step, and goes back', async () => {
        const calls = serve({
            ...answers,
            'POST /clean/7/': { dataset_id: 7, version_id: 13, job_id: 3 },
            'POST /api/v1/datasets/7/undo': dataset,
        });
        open('/view/7/?tab=cleaning');
        await userEvent.click(
            await screen.findByRole('button', { name: /Fill with the median. “Age” misses 19.9%/ }),
        );
        await waitFor(() => expect(calls.some((call) => call.path === '/clean/7/')).toBe(true));
        expect(calls.find((call) => call.path === '/clean/7/')?.body).toEqual({
            steps: [{ step: 'fill_missing@1', columns: ['Age'], options: { strategy: 'median' } }],
        });
        expect(
            screen.getByText('Filled missing values of “Age” with the middle value (median)'),
        ).toBeTruthy();
        await userEvent.click(screen.getByRole('button', { name: 'Undo the last step' }));
        await waitFor(() => expect(calls.some((call) => call.path.endsWith('/undo'))).toBe(true));
    });

    it('offers any step of the catalogue with its options', async () => {
        const calls = serve({ ...answers, 'POST /clean/7/': { dataset_id: 7, version_id: 13, job_id: 3 } });
        open('/view/7/?tab=cleaning');
        await userEvent.click(await screen.findByLabelText('What to do', { selector: 'input' }));
        await userEvent.click(await screen.findByRole('option', { name: 'Fill missing values' }));
        await userEvent.click(await screen.findByLabelText('Fill with', { selector: 'input' }));
        await userEvent.click(await screen.findByRole('option', { name: 'a value of your own' }));
        await userEvent.type(screen.getByLabelText('Value'), '0');
        await userEvent.click(screen.getByRole('button', { name: 'Apply' }));
        await waitFor(() => expect(calls.some((call) => call.path === '/clean/7/')).toBe(true));
        expect(calls.find((call) => call.path === '/clean/7/')?.body).toEqual({
            steps: [{ step: 'fill_missing@1', columns: [], options: { strategy: 'constant', value: '0' } }],
        });
    });

    it('shows the progress while the file is read', async () => {
        serve({
            ...answers,
            'GET /view/7/': {
                ...view,
                dataset: {
                    ...dataset,
                    state: 'reading',
                    current_version_id: null,
                    rows: null,
                    columns: null,
                },
                columns: [],
                receipt: null,
            },
        });
        open('/view/7/');
        const bar = await screen.findByRole('progressbar', { name: 'Reading titanic.csv' });
        await waitFor(() => expect(bar.getAttribute('aria-valuenow')).toBe('40'));
    });

    it('says why a file could not be read, and lets one delete it', async () => {
        const problem = {
            reason: 'reading.nothing',
            message: 'There is no table in this file.',
            hint: 'Open it and look.',
            details: {},
        };
        const failed = {
            ...view,
            dataset: { ...dataset, state: 'failed', current_version_id: null, problem },
            columns: [],
            receipt: null,
        };
        const calls = serve({
            ...answers,
            'GET /view/7/': failed,
            'DELETE /api/v1/datasets/7': null,
            'GET /api/v1/datasets': { datasets: [], total: 0 },
        });
        const { router } = open('/view/7/');
        expect(
            within(await screen.findByRole('alert')).getByText('There is no table in this file.'),
        ).toBeTruthy();
        expect(screen.queryByRole('button', { name: 'Make a link' })).toBeNull();
        await userEvent.click(screen.getByRole('checkbox', { name: /I want to delete/ }));
        await userEvent.click(screen.getByRole('button', { name: 'Delete for good' }));
        await waitFor(() => expect(router.state.location.pathname).toBe('/'));
        expect(calls.some((call) => call.method === 'DELETE')).toBe(true);
    });

    it('renames', async () => {
        const calls = serve({ ...answers, 'PATCH /api/v1/datasets/7': dataset });
        open('/view/7/?tab=settings');
        const name = await screen.findByLabelText('Name');
        await userEvent.clear(name);
        await userEvent.type(name, 'ship');
        await userEvent.click(screen.getByRole('button', { name: 'Rename' }));
        await waitFor(() =>
            expect(calls.find((call) => call.method === 'PATCH')?.body).toEqual({ name: 'ship' }),
        );
    });

    it("says that another's data set is not there", async () => {
        serve({ 'GET /view/7/': refusal(404, 'datasets.not_found') });
        open('/view/7/');
        expect(await screen.findByRole('heading', { name: 'There is nothing here' })).toBeTruthy();
    });

    it('offers to try again when the server is not reached', async () => {
        let down = true;
        serve({
            ...answers,
            'GET /view/7/': () => {
                if (down) throw new TypeError('network');
                return view;
            },
        });
        open('/view/7/');
        expect(await screen.findByText('The server cannot be reached.')).toBeTruthy();
        down = false;
        await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
        expect(await screen.findByRole('grid')).toBeTruthy();
    });
});
