import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { get, withQuery } from '../../api/client';
import type { Schemas } from '../../api/types';
import type { Profile } from './types';

export type RowsPage = Schemas['RowsPage'];

const pageRows = 200;

export interface Sort {
    column: string;
    descending: boolean;
}

/** The rows of a version, page by page as one scrolls. */
export const useRows = (datasetId: number, versionId: number, sort: Sort | undefined) =>
    useInfiniteQuery({
        queryKey: ['rows', datasetId, versionId, sort],
        initialPageParam: 0,
        queryFn: ({ pageParam, signal }) =>
            get<RowsPage>(
                withQuery(`/api/v1/datasets/${datasetId}/rows`, {
                    version_id: versionId,
                    offset: pageParam,
                    limit: pageRows,
                    sort: sort?.column,
                    descending: sort?.descending || undefined,
                }),
                signal,
            ),
        getNextPageParam: (last) =>
            last.offset + last.rows.length < last.matching_rows ? last.offset + last.rows.length : undefined,
    });

export const useProfile = (datasetId: number, versionId: number | null) =>
    useQuery({
        queryKey: ['profile', datasetId, versionId],
        enabled: versionId !== null,
        staleTime: Infinity,
        queryFn: ({ signal }) =>
            get<Profile>(
                withQuery(`/api/v1/datasets/${datasetId}/profile`, { version_id: versionId ?? undefined }),
                signal,
            ),
    });
