import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { vi } from 'vitest';
import { routes } from '../app/router';
import { me } from './test_data';

export interface Call {
    method: string;
    path: string;
    body: unknown;
    headers: Record<string, string>;
}

/** An answer of the stand-in server: a value (200), a status with the one error shape, or a function of the call. */
export type Answer = unknown | ((call: Call) => unknown);

export function refusal(status: number, reason = 'base.refused', message = 'It was refused.') {
    const error = { kind: 'x', reason, message, hint: 'Try otherwise.', details: null, request_id: 'req-42' };
    return new Response(JSON.stringify({ error }), { status });
}

/** Answers fetch by "METHOD path" (the query left out); what is not there is 404. Returns the calls made. */
export function serve(answers: Record<string, Answer>): Call[] {
    const calls: Call[] = [];
    const all: Record<string, Answer> = { 'GET /api/v1/session': me, ...answers };
    vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
        const text = typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : init.body;
        const call = {
            method: init.method!,
            path,
            body: text,
            headers: init.headers as Record<string, string>,
        };
        calls.push(call);
        const answer = all[`${call.method} ${path.split('?')[0]}`];
        const value = typeof answer === 'function' ? (answer as (call: Call) => unknown)(call) : answer;
        if (value === undefined) return refusal(404, 'base.not_found');
        if (value instanceof Response) return value.clone();
        return new Response(value === null ? null : JSON.stringify(value), {
            status: value === null ? 204 : 200,
        });
    });
    return calls;
}

/** The whole app at an address. */
export function open(address: string) {
    const router = createMemoryRouter(routes, { initialEntries: [address] });
    const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
    const shown = render(
        <MantineProvider env="test">
            <QueryClientProvider client={client}>
                <RouterProvider router={router} />
            </QueryClientProvider>
        </MantineProvider>,
    );
    return { ...shown, router, client };
}
