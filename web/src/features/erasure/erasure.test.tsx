import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { open, refusal, serve } from '../../lib/test_render';
import type { Erasure, Preview } from './queries';

afterEach(() => vi.unstubAllGlobals());

const preview: Preview = {
    erased: [{ id: 1, name: 'ada', kind: 'personal', heir: '', datasets: 2, models: 1 }],
    kept: [{ id: 2, name: 'Sales', kind: 'shared', heir: 'grace', datasets: 1, models: 0 }],
    last_administrator: false,
    session_fresh: false,
};
const working: Erasure = {
    code: 'c0de',
    phase: 'files',
    asked_by: 'person',
    requested_at: 1.79e12,
    ended_at: null,
    problem: 'base.disk_full',
    certificate: null,
};
const done: Erasure = {
    ...working,
    phase: 'done',
    problem: '',
    ended_at: 1.79e12,
    certificate: {
        certificate: {
            format: 'csva-erasure@1',
            code: 'c0de',
            pseudonym: 'feedbeef',
            asked_by: 'person',
            requested_at: '2026-11-28T10:00:00.000Z',
            ended_at: '2026-11-28T10:00:01.000Z',
            projects: 1,
            files: 7,
            rows: { datasets: 2, users: 1 },
            elsewhere: ['tracking'],
            program: '0.1.0',
        },
        public_key: 'abcd',
        signature: 'ef',
    },
};
const session = {
    'GET /api/v1/session': {
        user: { id: 7, name: 'ada', administrator: false, language: null, created_at: 1, disabled_at: null },
        via: 'session',
        scope: 'admin',
        csrf_token: 'x',
        language: 'en',
    },
    'GET /api/v1/sessions': { sessions: [] },
    'GET /api/v1/tokens': { tokens: [] },
    'GET /api/v1/me/exports': {
        exports: [
            { id: 4, state: 'succeeded', size_bytes: 2048, created_at: 1.79e12, expires_at: 1.7906e12 },
            { id: 3, state: 'failed', size_bytes: 0, created_at: 1.78e12, expires_at: 1.7806e12 },
        ],
    },
};

describe('erasing an account', () => {
    it('says what goes and what stays, asks for the password, and leads to the certificate', async () => {
        const calls = serve({
            ...session,
            'GET /api/v1/me/erasure': preview,
            'POST /api/gdpr/delete/7': working,
            'GET /api/v1/erasures/c0de': working,
        });
        const { router } = open('/account/');
        await userEvent.click(await screen.findByRole('button', { name: 'See what would be erased' }));
        expect(await screen.findByText('ada: 2 data sets, 1 model')).toBeTruthy();
        expect(screen.getByText('Sales: what you made there goes to grace')).toBeTruthy();
        const button = screen.getByRole('button', { name: 'Erase for good' });
        expect(button.hasAttribute('disabled')).toBe(true);
        await userEvent.type(screen.getByLabelText('Your password'), 'secret words');
        await userEvent.click(screen.getByRole('checkbox'));
        await userEvent.click(button);
        await waitFor(() => expect(router.state.location.pathname).toBe('/erasures/c0de/'));
        expect(calls.find((call) => call.method === 'POST')?.body).toEqual({ password: 'secret words' });
        expect(await screen.findByText(/base\.disk_full/)).toBeTruthy();
    });

    it('offers copies of one’s data and asks for another', async () => {
        const calls = serve({ ...session, 'POST /api/v1/me/exports': { id: 5 } });
        open('/account/');
        const link = await screen.findByRole('link', { name: /^Download the copy/ });
        expect(link.getAttribute('href')).toBe('/api/v1/me/exports/4/file');
        expect(screen.getByText(/could not be packed/)).toBeTruthy();
        await userEvent.click(screen.getByRole('button', { name: 'Prepare a copy' }));
        await waitFor(() => expect(calls.some((call) => call.method === 'POST')).toBe(true));
    });

    it('tells the only administrator why not', async () => {
        serve({ ...session, 'GET /api/v1/me/erasure': { ...preview, last_administrator: true } });
        open('/account/');
        await userEvent.click(await screen.findByRole('button', { name: 'See what would be erased' }));
        expect(await screen.findByText(/only administrator/)).toBeTruthy();
    });

    it('shows the certificate and offers it as a file', async () => {
        serve({ 'GET /api/v1/erasures/c0de': done });
        open('/erasures/c0de/');
        expect(await screen.findByText('feedbeef')).toBeTruthy();
        expect(screen.getByText('the person concerned')).toBeTruthy();
        const link = screen.getByRole('link', { name: 'Download the certificate' });
        expect(link.getAttribute('href')).toBe('/api/v1/erasures/c0de/certificate');
        expect(screen.getByText(/mlflow gc/)).toBeTruthy();
    });

    it('says that there is no such erasure', async () => {
        serve({
            'GET /api/v1/erasures/none': refusal(404, 'erasure.not_found', 'There is no such erasure.'),
        });
        open('/erasures/none/');
        expect(await screen.findByText('There is nothing here')).toBeTruthy();
    });

    it('shows the records of processing with what is still missing', async () => {
        const activity = {
            title: 'Data sets',
            purpose: 'To read files.',
            people: 'Users.',
            data: 'Whatever the files hold.',
            recipients: 'Members.',
            transfers: 'None.',
            retention: '90 days.',
            security: 'Private by default.',
        };
        serve({
            ...session,
            'GET /api/v1/processing-register': {
                made_at: 1.79e12,
                controller: 'Clinique du Lac',
                contact: '',
                activities: [activity],
                gaps: ['The legal basis.'],
            },
        });
        open('/register/');
        expect(await screen.findByRole('heading', { name: 'Data sets' })).toBeTruthy();
        expect(screen.getByText('Clinique du Lac')).toBeTruthy();
        expect(screen.getByText('not given')).toBeTruthy();
        expect(screen.getByText('The legal basis.')).toBeTruthy();
    });
});
