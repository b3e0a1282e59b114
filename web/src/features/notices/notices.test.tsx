import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { open, refusal, serve } from '../../lib/test_render';

const notice = (id: number, read: boolean) => ({
    id,
    kind: 'job_succeeded',
    title: `The training on “t${id}” is done`,
    text: 'Its verdict says how far the best model can be trusted.',
    link: `/view/${id}/`,
    created_at: 1e12,
    read_at: read ? 1e12 : null,
});
const choices = {
    jobs: 'long_or_failed',
    alerts: true,
    by_mail: true,
    mail_possible: true,
    email: 'ada@x.org',
};

describe('notices', () => {
    it('lists what is new, leads there, and marks all as read', async () => {
        const calls = serve({
            'GET /api/v1/notices': { notices: [notice(2, false), notice(1, true)], unread: 1 },
            'GET /api/v1/notices/choices': choices,
            'POST /api/v1/notices/read': null,
        });
        const { router } = open('/notices/');
        expect(await screen.findByRole('link', { name: 'Notices: 1 new' })).toBeTruthy();
        expect(await screen.findAllByText(/The training on/)).toHaveLength(2);
        await userEvent.click(screen.getByRole('button', { name: 'Mark all as read' }));
        await waitFor(() =>
            expect(calls.find((call) => call.path === '/api/v1/notices/read')?.body).toEqual({ up_to: 2 }),
        );
        await userEvent.click(screen.getByRole('link', { name: 'Show: The training on “t2” is done' }));
        expect(router.state.location.pathname).toBe('/view/2/');
    });

    it('lets one choose, and try whether mail comes', async () => {
        const calls = serve({
            'GET /api/v1/notices': { notices: [], unread: 0 },
            'GET /api/v1/notices/choices': choices,
            'PATCH /api/v1/notices/choices': { ...choices, jobs: 'all' },
            'POST /api/v1/notices/test-mail': refusal(503, 'notices.mail_refused', 'It did not take it.'),
        });
        open('/notices/');
        expect(await screen.findByText(/Nothing yet/)).toBeTruthy();
        await userEvent.click(await screen.findByRole('radio', { name: 'always' }));
        await waitFor(() =>
            expect(calls.find((call) => call.method === 'PATCH')?.body).toEqual({ jobs: 'all' }),
        );
        expect(screen.getByText('To ada@x.org.')).toBeTruthy();
        await userEvent.click(screen.getByRole('button', { name: 'Send me a test mail' }));
        expect((await screen.findByRole('alert')).textContent).toContain('It did not take it.');
    });
});
