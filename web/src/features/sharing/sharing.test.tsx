import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { MemoryRouter } from 'react-router';
import { describe, expect, it } from 'vitest';
import { open, refusal, serve } from '../../lib/test_render';
import { LinksBanner, LinksPart } from './LinksPart';

const view = {
    label: 'Board meeting',
    name: 'pay',
    expires_at: 1.8e12,
    report: null,
    profile: {
        rows: 300,
        missing_cells: 3,
        columns: [
            {
                name: 'city',
                type: 'text',
                count: 297,
                missing: 3,
                distinct: 2,
                mean: null,
                standard_deviation: null,
                quantiles: [],
                histogram: null,
                top_values: [{ value: 'Paris', count: 150 }],
            },
            {
                name: 'pay',
                type: 'integer',
                count: 300,
                missing: 0,
                distinct: 300,
                mean: 10,
                standard_deviation: 2,
                quantiles: [1, 2, 3, 4, 5],
                histogram: { low: 0, high: 10, counts: [100, 200] },
                top_values: [],
            },
        ],
    },
};
const link = {
    id: 5,
    label: 'Board meeting',
    training_id: null,
    created_at: 1.79e12,
    expires_at: 1.8e12,
    revoked_at: null,
    views: 2,
    last_viewed_at: 1.79e12,
    open: true,
};

function shown(part: React.ReactNode) {
    return render(
        <MantineProvider env="test">
            <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
                <MemoryRouter>{part}</MemoryRouter>
            </QueryClientProvider>
        </MantineProvider>,
    );
}

describe('a shared page', () => {
    it('shows columns without an account, under a banner that says what it is', async () => {
        const calls = serve({ 'GET /shared/abc': view, 'GET /api/v1/session': refusal(401) });
        open('/shared/abc');
        expect(await screen.findByRole('heading', { level: 1, name: 'Board meeting' })).toBeTruthy();
        expect(screen.getByRole('note').textContent).toContain('Read-only link');
        expect(screen.getByText('Paris (50.5%)')).toBeTruthy();
        expect(screen.getByText('half between 2 and 4, middle 3')).toBeTruthy();
        expect(calls.map((call) => call.path)).toEqual(['/shared/abc']);
    });

    it('says in words that a link has ended', async () => {
        serve({ 'GET /shared/abc': refusal(410, 'sharing.expired', 'This link has ended.') });
        open('/shared/abc');
        expect((await screen.findByRole('alert')).textContent).toContain('This link has ended.');
    });
});

describe('links of a data set', () => {
    it('are made, shown once and revoked', async () => {
        const calls = serve({
            'GET /api/v1/datasets/7/links': { links: [link] },
            'GET /api/v1/datasets/7/trainings': { trainings: [] },
            'POST /api/v1/datasets/7/links': {
                id: 6,
                address: 'https://x/shared/secret',
                expires_at: 1.8e12,
            },
            'DELETE /api/v1/datasets/7/links/5': null,
        });
        shown(<LinksPart datasetId={7} />);
        await userEvent.type(await screen.findByLabelText('For whom or what'), 'Board');
        await userEvent.click(screen.getByRole('button', { name: 'Make a link' }));
        expect(await screen.findByText('https://x/shared/secret')).toBeTruthy();
        expect(calls.find((call) => call.method === 'POST')?.body).toEqual({
            label: 'Board',
            days: 7,
            training_id: null,
        });
        await userEvent.click(await screen.findByRole('button', { name: 'Revoke “Board meeting”' }));
        await waitFor(() => expect(calls.some((call) => call.method === 'DELETE')).toBe(true));
    });

    it('are told of on the page of the data set while one is open', async () => {
        serve({ 'GET /api/v1/datasets/7/links': { links: [link, { ...link, id: 4, open: false }] } });
        shown(<LinksBanner datasetId={7} />);
        expect((await screen.findByRole('note')).textContent).toContain('A link shows something');
    });
});
