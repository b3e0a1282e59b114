import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { del, get, patch, upload } from '../../api/client';
import type { Schemas } from '../../api/types';

export type Dataset = Schemas['Dataset'];
export type View = Schemas['View'];
export type Receipt = Schemas['Receipt'];
export type Version = Schemas['Version'];

export const datasetsKey = ['datasets'];

export const useDatasets = () =>
    useQuery({
        queryKey: datasetsKey,
        queryFn: () => get<Schemas['DatasetList']>('/api/v1/datasets?limit=500'),
        refetchInterval: ({ state }) =>
            state.data?.datasets.some((row) => row.state === 'reading' || row.state === 'cleaning')
                ? 2000
                : false,
    });

export const useView = (id: number) =>
    useQuery({ queryKey: ['view', id], queryFn: () => get<View>(`/view/${id}/`) });

/** Sends a file; answers the new data set's number. */
export function useUpload() {
    const client = useQueryClient();
    const [share, setShare] = useState(0);
    const mutation = useMutation({
        mutationFn: async (file: File) => {
            setShare(0);
            const form = new FormData();
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

export const rejectsPath = (id: number) => `/api/v1/datasets/${id}/rejects`;
