import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post } from '../../api/client';
import type { Schemas } from '../../api/types';

export type WatchedModel = Schemas['WatchedModel'];
export type ModelMonitoring = Schemas['ModelMonitoring'];
export type DatasetMonitoring = Schemas['DatasetMonitoring'];
export type Window = Schemas['Window'];
export type WindowDetails = Schemas['WindowDetails'];
export type Distribution = Schemas['Distribution'];
export type Finding = Schemas['Finding'];
export type QualityScore = Schemas['QualityScore'];

const BUSY_MS = 1000;
const QUIET_MS = 30_000;

const isBusy = (models: WatchedModel[]) => models.some((one) => one.is_checking);

export const useOverview = () =>
    useQuery({
        queryKey: ['monitoring'],
        queryFn: ({ signal }) => get<Schemas['Overview']>('/monitoring/', signal),
        refetchInterval: (query) => (isBusy(query.state.data?.models ?? []) ? BUSY_MS : QUIET_MS),
    });

export const useDatasetMonitoring = (pk: number) =>
    useQuery({
        queryKey: ['monitoring', pk],
        enabled: Number.isSafeInteger(pk),
        queryFn: ({ signal }) => get<DatasetMonitoring>(`/monitoring/${pk}/data/`, signal),
        refetchInterval: (query) =>
            isBusy((query.state.data?.models ?? []).map((one) => one.summary)) ? BUSY_MS : QUIET_MS,
    });

export const useWindow = (model: number, id: number) =>
    useQuery({
        queryKey: ['monitoring-window', model, id],
        queryFn: ({ signal }) =>
            get<WindowDetails>(`/api/v1/models/${model}/monitoring/windows/${id}`, signal),
    });

/** Judges what has come since the last window. */
export function useCheck(model: number) {
    const client = useQueryClient();
    return useMutation({
        mutationFn: () => post<Schemas['Check']>(`/api/v1/models/${model}/monitoring/check`, {}),
        onSettled: () => client.invalidateQueries({ queryKey: ['monitoring'] }),
    });
}

/** The summary of the service that /api/metrics/ gives to anybody. */
export const useHealth = () =>
    useQuery({
        queryKey: ['health'],
        queryFn: ({ signal }) => get<Schemas['Summary']>('/api/metrics/', signal),
        refetchInterval: 5000,
    });
