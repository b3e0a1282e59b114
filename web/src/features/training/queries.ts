import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post } from '../../api/client';
import type { Preset, Schemas, Task } from '../../api/types';

export type Report = Schemas['Report'];
export type LeaderboardLine = Schemas['LeaderboardLine'];
export type { Preset, Task };
export type TrainRequest = Schemas['NewTrainingBody'];
export type Training = Schemas['Training'];

export type Candidate = Schemas['TargetCandidate'];

/** Columns worth predicting, the likeliest first. */
export const useTargets = (datasetId: number, versionId: number | null) =>
    useQuery({
        queryKey: ['targets', datasetId, versionId],
        enabled: versionId !== null,
        queryFn: () => get<Schemas['TargetList']>(`/api/v1/datasets/${datasetId}/targets`),
    });

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
