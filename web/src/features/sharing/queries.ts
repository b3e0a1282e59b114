import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { del, get, post } from '../../api/client';
import type { Schemas } from '../../api/types';

export type SharedLink = Schemas['Link'];
export type SharedView = Schemas['SharedView'];
export type SharedColumn = Schemas['SharedColumn'];

const path = (datasetId: number) => `/api/v1/datasets/${datasetId}/links`;
const key = (datasetId: number) => ['links', datasetId];

export const useLinks = (datasetId: number) =>
    useQuery({ queryKey: key(datasetId), queryFn: () => get<Schemas['LinkList']>(path(datasetId)) });

export function useCreateLink(datasetId: number) {
    const client = useQueryClient();
    return useMutation({
        mutationFn: (wish: Schemas['LinkRequestBody']) => post<Schemas['NewLink']>(path(datasetId), wish),
        onSuccess: () => client.invalidateQueries({ queryKey: key(datasetId) }),
    });
}

export function useRevokeLink(datasetId: number) {
    const client = useQueryClient();
    return useMutation({
        mutationFn: (id: number) => del(`${path(datasetId)}/${id}`),
        onSuccess: () => client.invalidateQueries({ queryKey: key(datasetId) }),
    });
}

/** What a visitor sees. Asked for once: each look is counted. */
export const useShared = (token: string) =>
    useQuery({
        queryKey: ['shared', token],
        queryFn: () => get<SharedView>(`/shared/${encodeURIComponent(token)}`),
        retry: false,
        staleTime: Infinity,
    });
