import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, patch, post, withQuery } from '../../api/client';
import type { Schemas } from '../../api/types';

export type Notice = Schemas['NoticeView'];
export type Choices = Schemas['Choices'];

const path = '/api/v1/notices';
const pageSize = 50;

/** How many are new; asked again once a minute while the page is looked at. */
export const useUnread = () =>
    useQuery({
        queryKey: ['notices', 'unread'],
        queryFn: () => get<Schemas['NoticeList']>(withQuery(path, { limit: 1 })),
        select: (list) => list.unread,
        refetchInterval: 60_000,
        retry: false,
    });

export const useNotices = () =>
    useInfiniteQuery({
        queryKey: ['notices', 'list'],
        queryFn: ({ pageParam }) =>
            get<Schemas['NoticeList']>(withQuery(path, { limit: pageSize, before: pageParam })),
        initialPageParam: undefined as number | undefined,
        getNextPageParam: (last) =>
            last.notices.length === pageSize ? last.notices[last.notices.length - 1]!.id : undefined,
    });

export function useMarkRead() {
    const client = useQueryClient();
    return useMutation({
        mutationFn: (upTo: number) => post<void>(`${path}/read`, { up_to: upTo }),
        onSuccess: () => client.invalidateQueries({ queryKey: ['notices'] }),
    });
}

export const useChoices = () =>
    useQuery({ queryKey: ['notice-choices'], queryFn: () => get<Choices>(`${path}/choices`) });

export function useChangeChoices() {
    const client = useQueryClient();
    return useMutation({
        mutationFn: (wish: Schemas['ChoicesChange']) => patch<Choices>(`${path}/choices`, wish),
        onSuccess: (answer) => client.setQueryData(['notice-choices'], answer),
    });
}

export const useTestMail = () => useMutation({ mutationFn: () => post<void>(`${path}/test-mail`) });
