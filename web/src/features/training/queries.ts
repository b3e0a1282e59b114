import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post } from '../../api/client';
import type { components } from '../../api/schema';

type Schemas = components['schemas'];
export type Report = Schemas['Report'];
export type LeaderboardLine = Schemas['LeaderboardLine'];
export type Task = Schemas['Task'];
export type Preset = Schemas['Preset'];
export type TrainRequest = Omit<Schemas['NewTraining'], 'dataset_id'>;
export type Training = Schemas['Training'];

export const useTrainings = (datasetId: number) =>
    useQuery({
        queryKey: ['trainings', datasetId],
        queryFn: () => get<Schemas['TrainingList']>(`/api/v1/datasets/${datasetId}/trainings`),
    });

export const useTraining = (id: number) =>
    useQuery({ queryKey: ['training', id], queryFn: () => get<Training>(`/api/v1/trainings/${id}`) });

export function useTrain(datasetId: number) {
    const client = useQueryClient();
    return useMutation({
        mutationFn: (wish: TrainRequest) => post<Training>(`/api/v1/datasets/${datasetId}/trainings`, wish),
        onSuccess: () => client.invalidateQueries({ queryKey: ['trainings', datasetId] }),
    });
}

/** Stops a training; the best model so far is kept. */
export function useStopTraining(id: number) {
    const client = useQueryClient();
    return useMutation({
        mutationFn: () => post<Training>(`/api/v1/trainings/${id}/cancel`),
        onSuccess: () => client.invalidateQueries({ queryKey: ['training', id] }),
    });
}
