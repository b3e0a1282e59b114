import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { open, refusal, serve, type Call } from '../../lib/test_render';
import { queryOf, type Entry, type Proof } from './queries';

afterEach(() => vi.unstubAllGlobals());

const entry = (seq: number, rest: Partial<Entry>): Entry => ({
    seq,
    at: 1.79e12,
    action: 'datasets.delete',
    actor: '0123456789abcdef',
    object_kind: 'dataset',
    object: 'fedcba9876543210',
    outcome: 'done',
    network: '',
    details: { status: 204 },
    hash: 'aa',
    ...rest,
});
const proof: Proof = {
    good: true,
    flaw: 'none',
    broken_seq: null,
    entries: 12,
    first_at: 1.79e12,
    last_at: 1.79e12,
    clock_steps_back: 0,
    key_id: 'abcd',
    deleted_before: null,
};
const answers = {
    'GET /api/v1/users': { users: [{ id: 3, name: 'grace', administrator: false, created_at: 1.79e12 }] },
    'GET /api/v1/journal/entries': ({ path }: Call) =>
        path.includes('before=')
            ? { entries: [entry(10, {})], next_before: null }
            : {
                  entries: [
                      entry(12, {}),
                      entry(11, {
                          action: 'accounts.sign_in',
                          outcome: 'refused',
                          actor: '',
                          network: '203.0.113.0/24',
                      }),
                  ],
                  next_before: 11,
              },
};

describe('journal page', () => {
    it('lists entries with outcomes in words and pseudonyms cut short, and goes on to older ones', async () => {
        const calls = serve(answers);
        open('/journal/');
        const row = (await screen.findByRole('rowheader', { name: '11' })).closest('tr')!;
        expect(within(row).getByText('refused')).toBeTruthy();
        expect(within(row).getByText('203.0.113.0/24')).toBeTruthy();
        await userEvent.click(screen.getByRole('button', { name: 'Older' }));
        await screen.findByRole('rowheader', { name: '10' });
        expect(calls.some((call) => call.path.includes('before=11'))).toBe(true);
        expect(screen.queryByRole('button', { name: 'Older' })).toBeNull();
    });

    it('asks only for what the filter says, and keeps the filter in the address', async () => {
        const calls = serve(answers);
        const { router } = open('/journal/?outcome=refused');
        await screen.findByRole('rowheader', { name: '11' });
        expect(calls.some((call) => call.path.includes('outcome=refused'))).toBe(true);
        await screen.findByRole('option', { name: 'grace' });
        await userEvent.selectOptions(screen.getByLabelText('Account'), 'grace');
        await waitFor(() => expect(router.state.location.search).toContain('user=3'));
        await waitFor(() => expect(calls.some((call) => call.path.includes('user_id=3'))).toBe(true));
    });

    it('says in words that the journal is proven', async () => {
        serve({ ...answers, 'POST /api/v1/journal/verifications': proof });
        open('/journal/');
        await userEvent.click(await screen.findByRole('button', { name: 'Verify the journal' }));
        expect(await screen.findByText(/All 12 entries are proven/)).toBeTruthy();
    });

    it('names the first broken entry', async () => {
        const bad = { ...proof, good: false, flaw: 'edited', broken_seq: 7 };
        serve({ ...answers, 'POST /api/v1/journal/verifications': bad });
        open('/journal/');
        await userEvent.click(await screen.findByRole('button', { name: 'Verify the journal' }));
        expect(await screen.findByText('First entry that is not proven: 7.')).toBeTruthy();
    });

    it('tells who may not read it', async () => {
        serve({ ...answers, 'GET /api/v1/journal/entries': refusal(403) });
        open('/journal/');
        expect(await screen.findByRole('heading', { level: 2 })).toBeTruthy();
    });
});

describe('the filter', () => {
    it('takes whole days, the last one too', () => {
        const query = queryOf({ action: '', outcome: '', user: '', from: '2026-11-28', until: '2026-11-28' });
        expect(Number(query.get('until')) - Number(query.get('from'))).toBe(86_400_000);
    });
});
