import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { del, get, patch, put, upload, withQuery } from '../../api/client';
import type { Schemas } from '../../api/types';

export type Dataset = Schemas['Dataset'];
export type View = Schemas['View'];
export type Receipt = Schemas['Receipt'];
export type Version = Schemas['Version'];

export const datasetsKey = ['datasets'];

export const useDatasets = (projectId: number | undefined) =>
    useQuery({
        queryKey: [...datasetsKey, projectId ?? 0],
        queryFn: () =>
            get<Schemas['DatasetList']>(withQuery('/api/v1/datasets', { limit: 500, project_id: projectId })),
        refetchInterval: ({ state }) =>
            state.data?.datasets.some((row) => row.state === 'reading' || row.state === 'cleaning')
                ? 2000
                : false,
    });

export const useView = (id: number) =>
    useQuery({ queryKey: ['view', id], queryFn: () => get<View>(`/view/${id}/`) });

/** Sends a file to a project, one's own when none is named; answers the new data set's number. */
export function useUpload(projectId: number | undefined) {
    const client = useQueryClient();
    const [share, setShare] = useState(0);
    const mutation = useMutation({
        mutationFn: async (file: File) => {
            setShare(0);
            const form = new FormData();
            if (projectId) form.append('project_id', String(projectId));
            form.append('file', file);
            const { location } = await upload('/api/upload-csv/', form, setShare);
            return Number(/(\d+)\/?$/.exec(location)?.[1]);
        },
        onSuccess: () => client.invalidateQueries({ queryKey: datasetsKey }),
    });
    return { ...mutation, share };
}

export function useRename(id: number) {
    const client = useQueryClient();
    return useMutation({
        mutationFn: (name: string) => patch<Dataset>(`/api/v1/datasets/${id}`, { name }),
        onSuccess: () => client.invalidateQueries(),
    });
}

export function useDelete(id: number) {
    const client = useQueryClient();
    return useMutation({
        mutationFn: () => del(`/api/v1/datasets/${id}`),
        onSuccess: () => client.invalidateQueries({ queryKey: datasetsKey }),
    });
}

/** So many days from now. */
export function useKeep(id: number) {
    const client = useQueryClient();
    return useMutation({
        mutationFn: (days: number) => put<Dataset>(`/api/v1/datasets/${id}/retention`, { days }),
        onSuccess: () => client.invalidateQueries(),
    });
}

export const originalPath = (id: number) => `/api/v1/datasets/${id}/original`;
export const csvPath = (id: number, version: number) => `/api/v1/datasets/${id}/versions/${version}/csv`;
export const rejectsPath = (id: number) => `/api/v1/datasets/${id}/rejects`;
