import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post, withQuery } from '../../api/client';
import type { Schemas } from '../../api/types';
import type { AnonymityAnswer, AnonymityWish } from './anonymity';

export type PersonalData = Schemas['PersonalData'];
export type PersonalColumn = PersonalData['columns'][number];
export type Decision = PersonalData['history'][number];
export type NewDecision = Schemas['NewDecision'];
export type Proposal = PersonalColumn['proposals'][number];

export const usePersonal = (datasetId: number, versionId: number | null) =>
    useQuery({
        queryKey: ['personal', datasetId, versionId],
        enabled: versionId !== null,
        queryFn: () =>
            get<PersonalData>(
                withQuery(`/api/v1/datasets/${datasetId}/privacy`, { version_id: versionId ?? 0 }),
            ),
    });

/** What makes a version k-anonymous and what that costs, as the wish changes. */
export const useAnonymity = (datasetId: number, versionId: number | null, wish: AnonymityWish) =>
    useQuery({
        queryKey: ['anonymity', datasetId, versionId, wish],
        enabled: versionId !== null && wish.columns.length > 0,
        placeholderData: keepPreviousData,
        retry: false,
        queryFn: () =>
            post<AnonymityAnswer>(`/api/v1/datasets/${datasetId}/privacy/anonymity`, {
                ...wish,
                version_id: versionId,
            }),
    });

/** Decides about columns of the current version; steps make a new one. */
export function useDecide(datasetId: number) {
    const client = useQueryClient();
    return useMutation({
        mutationFn: (decisions: NewDecision[]) =>
            post<Schemas['DecisionsAnswer']>(`/api/v1/datasets/${datasetId}/privacy/decisions`, {
                decisions,
            }),
        onSuccess: async () => {
            await client.invalidateQueries({ queryKey: ['personal', datasetId] });
            await client.invalidateQueries({ queryKey: ['view', datasetId] });
        },
    });
}
