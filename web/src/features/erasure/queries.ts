import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post, setCsrfToken } from '../../api/client';
import type { Schemas } from '../../api/types';
import { sessionKey } from '../accounts/queries';

export type Erasure = Schemas['Erasure'];
export type Preview = Schemas['Preview'];
export const phases = ['list', 'stop', 'rows', 'files', 'elsewhere', 'sign', 'scrub'] as const;

export const usePreview = (wanted: boolean) =>
    useQuery({
        queryKey: ['erasure', 'preview'],
        enabled: wanted,
        queryFn: () => get<Preview>('/api/v1/me/erasure'),
    });

export const useRegister = (language: string) =>
    useQuery({
        queryKey: ['register', language],
        queryFn: () => get<Schemas['Register']>('/api/v1/processing-register'),
    });

const exportsKey = ['exports'];

/** Looks again every second while one is being packed. */
export const useExports = () =>
    useQuery({
        queryKey: exportsKey,
        queryFn: () => get<Schemas['ExportList']>('/api/v1/me/exports'),
        refetchInterval: (query) =>
            query.state.data?.exports.some(({ state }) => state === 'queued') ? 1000 : false,
    });

export function useAskExport() {
    const client = useQueryClient();
    return useMutation({
        mutationFn: () => post<Schemas['Export']>('/api/v1/me/exports'),
        onSuccess: () => client.invalidateQueries({ queryKey: exportsKey }),
    });
}

export const exportPath = (id: number) => `/api/v1/me/exports/${id}/file`;

/** Ends the session with the account: nothing that was loaded may stay. */
export function useErase(userId: number) {
    const client = useQueryClient();
    return useMutation({
        mutationFn: (password: string) =>
            post<Erasure>(`/api/gdpr/delete/${userId}`, password ? { password } : {}),
        onSuccess: () => {
            setCsrfToken('');
            client.clear();
            client.setQueryData(sessionKey, null);
        },
    });
}

/** Looks again every second until it is done. */
export const useErasure = (code: string) =>
    useQuery({
        queryKey: ['erasure', code],
        queryFn: () => get<Erasure>(`/api/v1/erasures/${encodeURIComponent(code)}`),
        retry: false,
        refetchInterval: (query) => (query.state.data?.phase === 'done' || query.state.error ? false : 1000),
    });
