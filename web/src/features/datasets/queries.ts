import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { get, upload } from '../../api/client';

/** Until the server's document names them. */
export interface Dataset {
    id: number;
    name: string;
    state: string;
    rows: number | null;
    columns: number | null;
    size_bytes: number;
    created_at: number;
}

export const datasetsKey = ['datasets'];

export const useDatasets = () =>
    useQuery({ queryKey: datasetsKey, queryFn: () => get<{ datasets: Dataset[] }>('/api/v1/datasets') });

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
