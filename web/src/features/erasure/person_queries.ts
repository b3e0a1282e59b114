import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { del, get, post } from '../../api/client';
import type { Schemas } from '../../api/types';

export type PersonRequest = Schemas['PersonRequest'];
export type AffectedModel = Schemas['AffectedModel'];
export type Spared = { dataset_id: number; rows: number[] };
export const personPhases = ['list', 'stop', 'rewrite', 'files', 'sign', 'scrub'] as const;

const keyOf = (project: number) => ['person', project];
export const personPath = (project: number, code = '') =>
    `/api/v1/projects/${project}/person-searches${code && `/${code}`}`;

const restless = (phase?: string) =>
    phase === 'searching' || personPhases.some((working) => working === phase);

export const usePersons = (project: number) =>
    useQuery({
        queryKey: [...keyOf(project), 'all'],
        queryFn: () => get<Schemas['PersonRequestList']>(personPath(project)),
        refetchInterval: (query) =>
            query.state.data?.requests.some(({ phase }) => restless(phase)) ? 1000 : false,
    });

/** Looks again every second while something is done. */
export const usePerson = (project: number, code: string) =>
    useQuery({
        queryKey: [...keyOf(project), code],
        queryFn: () => get<PersonRequest>(personPath(project, code)),
        retry: false,
        refetchInterval: (query) => (restless(query.state.data?.phase) ? 1000 : false),
    });

function useChange<Wish, Made>(project: number, change: (wish: Wish) => Promise<Made>) {
    const client = useQueryClient();
    return useMutation({
        mutationFn: change,
        onSuccess: () => client.invalidateQueries({ queryKey: keyOf(project) }),
    });
}

export const useSearchPerson = (project: number) =>
    useChange(project, (values: { value: string; column: string }[]) =>
        post<PersonRequest>(personPath(project), { values }),
    );

export const useErasePerson = (project: number, code: string) =>
    useChange(project, (spared: Spared[]) =>
        post<PersonRequest>(`${personPath(project, code)}/erasure`, { spared }),
    );

export const useForgetPerson = (project: number, code: string) =>
    useChange(project, () => del(personPath(project, code)));

export const useDecide = (project: number, code: string) =>
    useChange(project, (wish: { model_id: number; decision: AffectedModel['decision']; reason: string }) =>
        post<PersonRequest>(`${personPath(project, code)}/decisions`, wish),
    );
