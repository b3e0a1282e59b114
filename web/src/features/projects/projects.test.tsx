import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { open, refusal, serve } from '../../lib/test_render';
import type { Member, Project } from './queries';

afterEach(() => vi.unstubAllGlobals());

const project = (id: number, name: string, rest: Partial<Project>): Project => ({
    id,
    name,
    kind: 'shared',
    created_at: 1.79e12,
    role: 'owner',
    ...rest,
});
const projects = [
    project(1, 'ada', { kind: 'personal' }),
    project(2, 'Sales', {}),
    project(3, 'Ships', { role: 'viewer' }),
];
const members: Member[] = [
    { user_id: 1, name: 'ada', role: 'owner', added_at: 1.79e12 },
    { user_id: 2, name: 'grace', role: 'editor', added_at: 1.79e12 },
];
const answers = {
    'GET /api/v1/projects': { projects },
    'GET /api/v1/projects/1/members': { members: members.slice(0, 1) },
    'GET /api/v1/projects/2/members': { members },
    'GET /api/v1/projects/3/members': { members },
};

describe('projects page', () => {
    it('lists what one can open with the role in words, and makes a shared one', async () => {
        const calls = serve({ ...answers, 'POST /api/v1/projects': projects[1] });
        const { router } = open('/projects/');
        const row = (await screen.findByRole('rowheader', { name: 'Ships' })).closest('tr')!;
        expect(within(row).getByText('viewer')).toBeTruthy();
        expect(screen.getByRole('link', { name: 'My private project' })).toBeTruthy();
        await userEvent.type(screen.getByLabelText('Name of the project'), 'Sales');
        await userEvent.click(screen.getByRole('button', { name: 'Create the project' }));
        await waitFor(() => expect(router.state.location.search).toBe('?project=2'));
        expect(calls.find((call) => call.method === 'POST')?.body).toEqual({ name: 'Sales' });
    });

    it('lets an owner add, change and remove members', async () => {
        const calls = serve({
            ...answers,
            'POST /api/v1/projects/2/members': members[1],
            'PUT /api/v1/projects/2/members/2': { ...members[1], role: 'viewer' },
            'DELETE /api/v1/projects/2/members/2': null,
        });
        open('/projects/?project=2');
        await userEvent.click(await screen.findByRole('combobox', { name: 'Role of grace' }));
        const [viewer] = await screen.findAllByRole('option', { name: 'viewer' });
        await userEvent.click(viewer!);
        await waitFor(() =>
            expect(calls.find((call) => call.method === 'PUT')?.body).toEqual({ role: 'viewer' }),
        );
        await userEvent.type(screen.getByLabelText('User name'), 'mary');
        await userEvent.click(screen.getByRole('button', { name: 'Add' }));
        await waitFor(() =>
            expect(calls.find((call) => call.method === 'POST')?.body).toEqual({
                name: 'mary',
                role: 'editor',
            }),
        );
        await userEvent.click(screen.getByRole('button', { name: 'Remove grace' }));
        await waitFor(() => expect(calls.some((call) => call.method === 'DELETE')).toBe(true));
    });

    it('says in words why a member could not be changed', async () => {
        serve({
            ...answers,
            'DELETE /api/v1/projects/2/members/1': refusal(
                409,
                'projects.last_owner',
                'One owner must stay.',
            ),
        });
        open('/projects/?project=2');
        await userEvent.click(await screen.findByRole('button', { name: 'Remove ada' }));
        expect(await screen.findByText('One owner must stay.')).toBeTruthy();
    });

    it('renames, and deletes only after the box is ticked', async () => {
        const calls = serve({
            ...answers,
            'PATCH /api/v1/projects/2': projects[1],
            'DELETE /api/v1/projects/2': null,
        });
        const { router } = open('/projects/?project=2');
        const name = await screen.findByLabelText('Name');
        await userEvent.clear(name);
        await userEvent.type(name, 'Sales 2027');
        await userEvent.click(screen.getByRole('button', { name: 'Rename' }));
        await waitFor(() =>
            expect(calls.find((call) => call.method === 'PATCH')?.body).toEqual({ name: 'Sales 2027' }),
        );
        const remove = screen.getByRole('button', { name: 'Delete for good' }) as HTMLButtonElement;
        expect(remove.disabled).toBe(true);
        await userEvent.click(screen.getByRole('checkbox', { name: /I want to delete “Sales”/ }));
        await userEvent.click(remove);
        await waitFor(() => expect(router.state.location.search).toBe(''));
    });

    it('changes nothing for a viewer or in a private project, and says so', async () => {
        serve(answers);
        const shown = open('/projects/?project=3');
        expect(await screen.findByRole('rowheader', { name: 'grace' })).toBeTruthy();
        expect(screen.queryByRole('button', { name: 'Remove grace' })).toBeNull();
        expect(screen.queryByRole('button', { name: 'Rename' })).toBeNull();
        shown.unmount();
        open('/projects/?project=1');
        expect(await screen.findByText(/it cannot be shared/)).toBeTruthy();
        expect(screen.queryByRole('button', { name: 'Add' })).toBeNull();
    });

    it('says that an unknown project is not there', async () => {
        serve(answers);
        open('/projects/?project=99');
        expect(await screen.findByRole('heading', { name: 'There is nothing here' })).toBeTruthy();
    });
});

describe('first page with several projects', () => {
    const list = { datasets: [], total: 0, upload_bytes_max: 10 * 1024 * 1024 };

    it('sends files to the chosen project and says who sees them', async () => {
        const calls = serve({ ...answers, 'GET /api/v1/datasets': list });
        const { router } = open('/');
        expect(await screen.findByText(/up to 10 MB. It stays on this server, in your private/)).toBeTruthy();
        await userEvent.click(await screen.findByRole('combobox', { name: 'Project' }));
        await userEvent.click(await screen.findByRole('option', { name: 'Sales' }));
        await waitFor(() => expect(router.state.location.search).toBe('?project=2'));
        expect(await screen.findByText(/the members of Sales can see it/)).toBeTruthy();
        expect(calls.some((call) => call.path === '/api/v1/datasets?limit=500&project_id=2')).toBe(true);
    });

    it('has no drop zone where one may only look', async () => {
        serve({ ...answers, 'GET /api/v1/datasets': list });
        open('/?project=3');
        expect(await screen.findByText(/not add any/)).toBeTruthy();
        expect(document.querySelector('input[type=file]')).toBeNull();
    });

    it('refuses a file that is too large before it is sent', async () => {
        serve({ ...answers, 'GET /api/v1/datasets': { ...list, upload_bytes_max: 1000 } });
        open('/');
        await screen.findByText(/up to 1,000 byte/);
        const input = document.querySelector<HTMLInputElement>('input[type=file]')!;
        await userEvent.upload(input, new File(['a'.repeat(2000)], 'big.csv'));
        expect(await screen.findByText(/“big.csv” has 2 kB, more than the limit of 1,000 byte/)).toBeTruthy();
    });
});
