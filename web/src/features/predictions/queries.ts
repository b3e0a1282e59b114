import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get, post, upload } from '../../api/client';
import type { Schemas } from '../../api/types';

export type ModelForm = Schemas['Form'];
export type FormField = ModelForm['fields'][number];
export type Prediction = Schemas['Answer'];
export type Batch = Schemas['Batch'];
export type Cell = string | number | boolean | null;
export type Row = Record<string, Cell>;

const formPath = (datasetId: number, model: string) =>
    `/test-model/${datasetId}/${encodeURIComponent(model)}/`;

export const useModelForm = (datasetId: number, model: string) =>
    useQuery({
        queryKey: ['form', datasetId, model],
        staleTime: Infinity,
        queryFn: () => get<ModelForm>(formPath(datasetId, model)),
    });

export const usePredict = (datasetId: number, model: string) =>
    useMutation({ mutationFn: (row: Row) => post<Prediction>(formPath(datasetId, model), { values: row }) });

export function useBatch(modelId: number) {
    const [share, setShare] = useState(0);
    const mutation = useMutation({
        mutationFn: async (file: File) => {
            const form = new FormData();
            form.append('keep_columns', 'true');
            form.append('file', file);
            return (await upload<Batch>(`/api/v1/models/${modelId}/batches`, form, setShare)).answer;
        },
    });
    return { ...mutation, share };
}

/** A batch as it stands: asked again until its job has ended. */
export const useBatchState = (id: number) =>
    useQuery({
        queryKey: ['batch', id],
        queryFn: () => get<Batch>(`/api/v1/batches/${id}`),
        refetchInterval: ({ state }) =>
            state.data?.state === 'queued' || state.data?.state === 'running' ? 1000 : false,
    });

export const batchFilePath = (id: number) => `/api/v1/batches/${id}/file`;

/** In the language of the page, so a change of it asks again. */
export const useModelCard = (modelId: number, language: string, wanted: boolean) =>
    useQuery({
        queryKey: ['model-card', modelId, language],
        enabled: wanted,
        queryFn: () => get<Schemas['ModelCard']>(`/api/v1/models/${modelId}/card`),
    });
