import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post, withQuery } from '../../api/client';
import type { Schemas } from '../../api/types';

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

/** Decides about columns of the current version; steps make a new one. */
export function useDecide(datasetId: number) {
    const client = useQueryClient();
    return useMutation({
        mutationFn: (decisions: NewDecision[]) =>
            post<Schemas['DecisionsAnswer']>(`/api/v1/datasets/${datasetId}/privacy/decisions`, { decisions }),
        onSuccess: async () => {
            await client.invalidateQueries({ queryKey: ['personal', datasetId] });
            await client.invalidateQueries({ queryKey: ['view', datasetId] });
        },
    });
}
