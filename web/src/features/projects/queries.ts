import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { del, get, patch, post, put } from '../../api/client';
import type { Role, Schemas } from '../../api/types';

export type { Role };
export type Project = Schemas['Project'];
export type Member = Schemas['Member'];

const path = (id: number) => `/api/v1/projects/${id}`;
const memberPath = (id: number, userId: number) => `${path(id)}/members/${userId}`;

export const useProjects = () =>
    useQuery({
        queryKey: ['projects'],
        queryFn: () => get<Schemas['ProjectList']>('/api/v1/projects?limit=500'),
    });

export const useMembers = (id: number) =>
    useQuery({
        queryKey: ['members', id],
        queryFn: () => get<Schemas['MemberList']>(`${path(id)}/members`),
    });

/** A change of a project or of its members: lists of both are asked again. */
function useChange<T, R>(mutationFn: (wish: T) => Promise<R>) {
    const client = useQueryClient();
    return useMutation({
        mutationFn,
        onSuccess: () =>
            Promise.all([
                client.invalidateQueries({ queryKey: ['projects'] }),
                client.invalidateQueries({ queryKey: ['members'] }),
            ]),
    });
}

export const useCreateProject = () =>
    useChange((wish: Schemas['ProjectRequest']) => post<Project>('/api/v1/projects', wish));
export const useRenameProject = (id: number) =>
    useChange((name: string) => patch<Project>(path(id), { name }));
export const useDeleteProject = (id: number) => useChange(() => del(path(id)));
export const useAddMember = (id: number) =>
    useChange((wish: Schemas['MemberRequestBody']) => post<Member>(`${path(id)}/members`, wish));
export const useChangeRole = (id: number) =>
    useChange(({ userId, role }: { userId: number; role: Role }) =>
        put<Member>(memberPath(id, userId), { role }),
    );
export const useRemoveMember = (id: number) => useChange((userId: number) => del(memberPath(id, userId)));

/** A project as its name in lists: the private one and the inbox have a word of their own. */
export function projectName(t: (key: string) => string, project: Project, ownName: string): string {
    if (project.kind === 'inbox') return t('projects:ui.choose.inbox');
    const own = project.kind === 'personal' && project.name === ownName;
    return own ? t('projects:ui.choose.mine') : project.name;
}
