import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { changeLanguage } from '../../lib/i18n';
import { me } from '../../lib/test_data';
import { open, refusal, serve } from '../../lib/test_render';

const signedIn = { user: me.user, csrf_token: 'fresh', expires_at: 1.8e12, next: '/account/' };
const sessions = {
    sessions: [
        {
            id: 1,
            created_at: 1e12,
            seen_at: 1e12,
            expires_at: 2e12,
            address: '::1',
            agent: 'Firefox/130 Linux',
            current: true,
        },
        {
            id: 2,
            created_at: 1e12,
            seen_at: 1e12,
            expires_at: 2e12,
            address: '10.0.0.9',
            agent: 'Chrome/130 Windows',
            current: false,
        },
    ],
};
const token = {
    id: 4,
    label: 'robot',
    prefix: 'csva_ab',
    scope: 'write',
    created_at: 1e12,
    expires_at: 2e12,
    used_at: null,
};

describe('sign-in', () => {
    it('sends name, password and where to go next', async () => {
        const calls = serve({
            'GET /login/': { setup_needed: true, signed_in: false },
            'POST /login/': signedIn,
            'GET /api/v1/sessions': sessions,
            'GET /api/v1/tokens': { tokens: [] },
        });
        const { router } = open('/login/?next=%2Faccount%2F');
        await userEvent.type(await screen.findByLabelText('User name'), 'ada');
        await userEvent.type(screen.getByLabelText('Password'), 'a good long one');
        expect(await screen.findByText(/Nobody has an account here yet/)).toBeTruthy();
        await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
        await waitFor(() => expect(router.state.location.pathname).toBe('/account/'));
        const sent = calls.find((call) => call.method === 'POST');
        expect(sent?.body).toEqual({ name: 'ada', password: 'a good long one', next: '/account/' });
    });

    it('says in words what was refused, what to do, and the request number', async () => {
        serve({
            'GET /login/': {},
            'POST /login/': refusal(401, 'accounts.wrong_credentials', 'Name or password is wrong.'),
        });
        open('/login/');
        await userEvent.type(await screen.findByLabelText('User name'), 'ada');
        await userEvent.type(screen.getByLabelText('Password'), 'x');
        await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
        const alert = await screen.findByRole('alert');
        expect(alert.textContent).toContain('Name or password is wrong.');
        expect(alert.textContent).toContain('Try otherwise.');
        expect(alert.textContent).toContain('req-42');
    });

    it('is where one lands without a session, with the way back', async () => {
        serve({ 'GET /api/v1/session': refusal(401), 'GET /login/': {} });
        const { router } = open('/view/7/?tab=columns');
        await waitFor(() => expect(router.state.location.pathname).toBe('/login/'));
        expect(router.state.location.search).toBe(`?next=${encodeURIComponent('/view/7/?tab=columns')}`);
    });
});

describe('sign-in with more than a password', () => {
    it('asks for the code once the password was right', async () => {
        const calls = serve({
            'GET /login/': {},
            'POST /login/': (call: { body: unknown }) =>
                (call.body as { code?: string }).code
                    ? signedIn
                    : refusal(401, 'accounts.code_needed', 'A code is needed as well.'),
            'GET /api/v1/sessions': sessions,
            'GET /api/v1/tokens': { tokens: [] },
        });
        const { router } = open('/login/?next=%2Faccount%2F');
        await userEvent.type(await screen.findByLabelText('User name'), 'ada');
        await userEvent.type(screen.getByLabelText('Password'), 'a good long one');
        await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
        await userEvent.type(await screen.findByLabelText('Code'), '123456');
        expect(screen.queryByRole('alert')).toBeNull();
        await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
        await waitFor(() => expect(router.state.location.pathname).toBe('/account/'));
        expect(calls.filter((call) => call.method === 'POST').at(-1)?.body).toEqual({
            name: 'ada',
            password: 'a good long one',
            code: '123456',
            next: '/account/',
        });
    });

    it('leads to the identity provider, and says in words what it refused', async () => {
        serve({
            'GET /login/': {
                provider: 'Acme',
                refused: {
                    reason: 'accounts.oidc_state',
                    message: 'It took too long.',
                    hint: 'Begin again.',
                },
            },
        });
        open('/login/?next=%2Fview%2F7%2F&refused=accounts.oidc_state');
        const link = await screen.findByRole('link', { name: 'Sign in with Acme' });
        expect(link.getAttribute('href')).toBe('/login/oidc?next=%2Fview%2F7%2F');
        expect((await screen.findByRole('alert')).textContent).toContain('It took too long.');
    });
});

describe('two-factor', () => {
    it('is set up with a picture, switched on by a code, and gives recovery codes once', async () => {
        const calls = serve({
            'GET /api/v1/two-factor': { on: false, since: null, recovery_codes_left: 0, has_password: true },
            'POST /api/v1/two-factor': { secret: 'ABCDEFGH', uri: 'otpauth://totp/x?secret=ABCDEFGH' },
            'POST /api/v1/two-factor/confirm': { codes: ['AAAA-BBBB', 'CCCC-DDDD'] },
            'GET /api/v1/sessions': sessions,
            'GET /api/v1/tokens': { tokens: [] },
        });
        open('/account/');
        const part = (await screen.findByRole('heading', { name: /A code beside the password/ })).closest(
            'section',
        )!;
        await userEvent.type(await within(part).findByLabelText('Current password'), 'a good long one');
        await userEvent.click(within(part).getByRole('button', { name: 'Set up' }));
        expect(await within(part).findByRole('img', { name: /QR code/ })).toBeTruthy();
        expect(within(part).getByText('ABCD EFGH')).toBeTruthy();
        await userEvent.type(within(part).getByLabelText('Code'), '123456');
        await userEvent.click(within(part).getByRole('button', { name: 'Switch on' }));
        expect(await within(part).findByText('AAAA-BBBB')).toBeTruthy();
        expect(calls.filter((call) => call.method === 'POST').map((call) => call.body)).toEqual([
            { password: 'a good long one' },
            { code: '123456' },
        ]);
        await userEvent.click(within(part).getByRole('button', { name: 'I have kept them' }));
        expect(within(part).queryByText('AAAA-BBBB')).toBeNull();
    });
});

describe('first account', () => {
    it('is made from the one-time link', async () => {
        const calls = serve({
            'GET /setup/': { setup_needed: true },
            'POST /setup/': signedIn,
            'GET /api/v1/datasets': { datasets: [], total: 0 },
        });
        const { router } = open('/setup/?token=abc');
        await userEvent.type(await screen.findByLabelText('User name'), 'ada');
        await userEvent.type(screen.getByLabelText('Password'), 'a good long one');
        await userEvent.click(screen.getByRole('button', { name: 'Create the account and start' }));
        await waitFor(() => expect(router.state.location.pathname).toBe('/'));
        expect(calls.find((call) => call.method === 'POST')?.body).toEqual({
            token: 'abc',
            name: 'ada',
            password: 'a good long one',
            language: 'en',
        });
    });

    it('needs the whole link', async () => {
        serve({ 'GET /setup/': { setup_needed: false } });
        open('/setup/');
        expect(await screen.findByText(/needs the whole one-time link/)).toBeTruthy();
        expect(
            (screen.getByRole('button', { name: /Create the account/ }) as HTMLButtonElement).disabled,
        ).toBe(true);
        expect(await screen.findByText(/exists already/)).toBeTruthy();
    });
});

describe('account page', () => {
    const answers = {
        'GET /api/v1/sessions': sessions,
        'GET /api/v1/tokens': { tokens: [token] },
        'PATCH /api/v1/me': me.user,
        'DELETE /api/v1/sessions/2': null,
        'DELETE /api/v1/tokens/4': null,
        'POST /api/v1/tokens': { ...token, token: 'csva_secret' },
    };

    it('lists browsers by name and signs one out with the CSRF header', async () => {
        const calls = serve(answers);
        open('/account/');
        expect(
            await screen.findByRole('rowheader', { name: /Firefox · Linux \(this browser\)/ }),
        ).toBeTruthy();
        await userEvent.click(screen.getByRole('button', { name: 'Sign out there: Chrome · Windows' }));
        await waitFor(() => expect(calls.some((call) => call.path === '/api/v1/sessions/2')).toBe(true));
        expect(calls.find((call) => call.method === 'DELETE')?.headers['X-CSRFToken']).toBe('token-1');
    });

    it('shows a new token once and revokes an old one', async () => {
        const calls = serve(answers);
        open('/account/');
        await userEvent.type(await screen.findByLabelText('What it is for'), 'robot 2');
        await userEvent.click(screen.getByRole('button', { name: 'Create a token' }));
        expect(await screen.findByText('csva_secret')).toBeTruthy();
        await userEvent.click(await screen.findByRole('button', { name: 'Revoke robot' }));
        await waitFor(() => expect(calls.some((call) => call.path === '/api/v1/tokens/4')).toBe(true));
        expect(calls.find((call) => call.method === 'POST')?.body).toEqual({
            label: 'robot 2',
            scope: 'write',
            days: 90,
        });
    });

    it('changes the password and says so', async () => {
        const calls = serve(answers);
        open('/account/');
        await userEvent.type((await screen.findAllByLabelText('Current password'))[0]!, 'old');
        await userEvent.type(screen.getByLabelText('New password'), 'new and long enough');
        await userEvent.click(screen.getByRole('button', { name: 'Change the password' }));
        expect(await screen.findByText(/The password is changed/)).toBeTruthy();
        expect(calls.find((call) => call.method === 'PATCH')?.body).toEqual({
            current_password: 'old',
            password: 'new and long enough',
        });
    });

    it('follows the language without a reload', async () => {
        const calls = serve(answers);
        open('/account/');
        const group = (await screen.findAllByRole('radiogroup', { name: 'Language' }))[1]!;
        await userEvent.click(within(group).getByLabelText('Français'));
        expect(await screen.findByRole('heading', { level: 1, name: 'Mon compte' })).toBeTruthy();
        expect(document.documentElement.lang).toBe('fr');
        expect(calls.find((call) => call.method === 'PATCH')?.body).toEqual({ language: 'fr' });
        await changeLanguage('en');
    });
});

describe('users page', () => {
    it('adds and disables', async () => {
        const grace = { ...me.user, id: 2, name: 'grace', administrator: false };
        const calls = serve({
            'GET /api/v1/users': { users: [me.user, grace] },
            'POST /api/v1/users': grace,
            'PATCH /api/v1/users/2': grace,
        });
        open('/users/');
        await userEvent.click(await screen.findByRole('button', { name: 'Disable grace' }));
        await userEvent.type(screen.getByLabelText('User name'), 'mary');
        await userEvent.type(screen.getByLabelText('Password'), 'a good long one');
        await userEvent.click(screen.getByRole('button', { name: 'Add' }));
        await waitFor(() => expect(calls.some((call) => call.method === 'POST')).toBe(true));
        expect(calls.find((call) => call.method === 'PATCH')?.body).toEqual({ disabled: true });
    });

    it('is forbidden to others, in words', async () => {
        serve({ 'GET /api/v1/users': refusal(403, 'accounts.forbidden') });
        open('/users/');
        expect(await screen.findByRole('heading', { name: 'This is not open to you' })).toBeTruthy();
    });
});

describe('header', () => {
    it('signs out from its menu', async () => {
        const calls = serve({ 'GET /nothing': {}, 'POST /logout/': null, 'GET /login/': {} });
        const { router } = open('/nowhere/');
        expect(await screen.findByRole('heading', { name: 'There is nothing here' })).toBeTruthy();
        await userEvent.click(screen.getByRole('button', { name: 'Menu of ada' }));
        await userEvent.click(await screen.findByRole('menuitem', { name: 'Dark colours' }));
        await userEvent.click(screen.getByRole('button', { name: 'Menu of ada' }));
        await userEvent.click(await screen.findByRole('menuitem', { name: 'Sign out' }));
        await waitFor(() => expect(router.state.location.pathname).toBe('/login/'));
        expect(calls.some((call) => call.path === '/logout/')).toBe(true);
    });
});
