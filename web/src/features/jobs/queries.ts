import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { get, post } from '../../api/client';
import type { Schemas } from '../../api/types';
import { onJobEvent, streamIsOpen } from '../../api/events';

export type Job = Schemas['Job'];

export const jobKey = (id: number) => ['job', id];
export const isOver = (job: Job) => job.state !== 'queued' && job.state !== 'running';

/** Jobs of a data set, newest first. */
export const useJobs = (datasetId: number) =>
    useQuery({
        queryKey: ['jobs', datasetId],
        queryFn: () => get<Schemas['JobList']>(`/api/v1/datasets/${datasetId}/jobs`),
        refetchInterval: ({ state }) => (state.data?.jobs.every(isOver) ? false : 2000),
    });

/** What a job that has ended may have changed. */
function refreshAfter(client: QueryClient, job: Job) {
    for (const key of [
        'view',
        'datasets',
        'rows',
        'profile',
        'trainings',
        'training',
        'batch',
        'batches',
        'models',
        'jobs',
    ]) {
        void client.invalidateQueries({ queryKey: [key], refetchType: 'active' });
    }
    void client.invalidateQueries({ queryKey: jobKey(job.id), exact: true });
}

/** A job as it goes on: by server-sent events, and by asking each second while those do not come. */
export function useJob(id: number | null | undefined) {
    const client = useQueryClient();
    const query = useQuery({
        queryKey: jobKey(id ?? 0),
        enabled: Boolean(id),
        queryFn: ({ signal }) => get<Job>(`/api/v1/jobs/${id}`, signal),
        refetchInterval: ({ state }) => {
            if (state.data && isOver(state.data)) return false;
            return streamIsOpen() ? 5000 : 1000;
        },
    });
    useEffect(() => {
        if (!id) return;
        return onJobEvent((job) => {
            if (job.id === id) client.setQueryData(jobKey(id), job);
        });
    }, [client, id]);
    const ended = query.data && isOver(query.data) ? query.data : undefined;
    const endedId = ended?.id;
    useEffect(() => {
        if (endedId) refreshAfter(client, client.getQueryData<Job>(jobKey(endedId))!);
    }, [client, endedId]);
    return query;
}

export function useCancelJob() {
    const client = useQueryClient();
    return useMutation({
        mutationFn: (id: number) => post<Job>(`/api/v1/jobs/${id}/cancel`),
        onSuccess: (_, id) => client.invalidateQueries({ queryKey: jobKey(id) }),
    });
}
