import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post } from '../../api/client';
import type { Schemas } from '../../api/types';

export type Step = Schemas['Step'];
export type StepInfo = Schemas['StepInfo'];

export const useStepCatalogue = () =>
    useQuery({
        queryKey: ['steps'],
        staleTime: Infinity,
        queryFn: () => get<Schemas['StepCatalogue']>('/api/v1/cleaning/steps'),
    });

function useViewChange<T, R>(datasetId: number, mutationFn: (wish: T) => Promise<R>) {
    const client = useQueryClient();
    return useMutation({
        mutationFn,
        onSuccess: () => client.invalidateQueries({ queryKey: ['view', datasetId] }),
    });
}

export const useClean = (datasetId: number) =>
    useViewChange(datasetId, (steps: Step[]) =>
        post<Schemas['CleanAnswer']>(`/clean/${datasetId}/`, { steps }),
    );

export const useUndo = (datasetId: number) =>
    useViewChange(datasetId, () => post<unknown>(`/api/v1/datasets/${datasetId}/undo`));
