import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { get, post } from '../../api/client';
import type { Schemas } from '../../api/types';

export type Entry = Schemas['JournalEntry'];
export type Proof = Schemas['Proof'];
type JournalPage = Schemas['JournalPage'];

/** What narrows the list; empty texts do not. Days are local ones, as the person chose them. */
export interface Filter {
    action: string;
    outcome: string;
    user: string;
    from: string;
    until: string;
}

const day = 24 * 3600 * 1000;

/** The filter as the interface has it. */
export function queryOf(filter: Filter): URLSearchParams {
    const query = new URLSearchParams();
    if (filter.action) query.set('action', filter.action);
    if (filter.outcome) query.set('outcome', filter.outcome);
    if (filter.user) query.set('user_id', filter.user);
    const start = (text: string) => new Date(`${text}T00:00:00`).getTime();
    if (filter.from) query.set('from', String(start(filter.from)));
    if (filter.until) query.set('until', String(start(filter.until) + day));
    return query;
}

export const useEntries = (filter: Filter) =>
    useInfiniteQuery({
        queryKey: ['journal', filter],
        initialPageParam: 0,
        queryFn: ({ pageParam, signal }) => {
            const query = queryOf(filter);
            if (pageParam) query.set('before', String(pageParam));
            return get<JournalPage>(`/api/v1/journal/entries?${query}`, signal);
        },
        getNextPageParam: (page) => page.next_before ?? undefined,
    });

export const useVerify = () =>
    useMutation({ mutationFn: () => post<Proof>('/api/v1/journal/verifications', {}) });
