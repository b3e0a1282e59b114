import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post, request } from '../../api/client';

/** Shapes of MLflow's protocol, as far as the pages read them. */
export interface Pair {
    key: string;
    value: string;
}
export interface Metric {
    key: string;
    /** "NaN" and the infinities arrive as words. */
    value: number | string;
    step: number;
    timestamp: number;
}
export interface Run {
    info: {
        run_id: string;
        run_name: string;
        experiment_id: string;
        status: 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';
        start_time: number;
        end_time?: number;
        lifecycle_stage: 'active' | 'deleted';
    };
    data: { metrics?: Metric[]; params?: Pair[]; tags?: Pair[] };
}
export interface Experiment {
    experiment_id: string;
    name: string;
    lifecycle_stage: string;
}
export interface ArtifactFile {
    path: string;
    is_dir: boolean;
    file_size?: number;
}
export interface Version {
    name: string;
    version: string;
    creation_timestamp: number;
    current_stage: string;
    run_id?: string;
    description?: string;
    aliases?: string[];
}
export interface RegisteredModel {
    id: number;
    name: string;
    description: string;
    last_version: number;
    updated_at: number;
}
export interface Promotion {
    id: number;
    alias: string;
    stage: string;
    version: number | null;
    former_version: number | null;
    user_name: string;
    reason: string;
    promoted_at: number;
}

export interface BinItem {
    kind: 'registered_model' | 'logged_model' | 'run' | 'experiment';
    id: string;
    name: string;
    size_bytes: number;
}
export interface Removed {
    removed: number;
    kept: number;
    freed_bytes: number;
}

const MLFLOW = '/ajax-api/2.0/mlflow';
const registered = (id: number) => `/api/v1/registered-models/${id}`;
const text = encodeURIComponent;

export const useExperiments = () =>
    useQuery({
        queryKey: ['experiments'],
        queryFn: () =>
            post<{ experiments?: Experiment[] }>(`${MLFLOW}/experiments/search`, { max_results: 1000 }),
    });

export const useRuns = (experiment: string, deleted: boolean) =>
    useQuery({
        queryKey: ['runs', experiment, deleted],
        enabled: experiment !== '',
        queryFn: () =>
            post<{ runs?: Run[] }>(`${MLFLOW}/runs/search`, {
                experiment_ids: [experiment],
                run_view_type: deleted ? 'DELETED_ONLY' : 'ACTIVE_ONLY',
                max_results: 10000,
            }),
    });

const getRun = (id: string) => get<{ run: Run }>(`${MLFLOW}/runs/get?run_id=${text(id)}`);

export const useRun = (id: string) => useQuery({ queryKey: ['run', id], queryFn: () => getRun(id) });

export const useRunsById = (ids: string[]) =>
    useQuery({
        queryKey: ['runs', ids],
        queryFn: async () => (await Promise.all(ids.map(getRun))).map((answer) => answer.run),
    });

/** Every point of a metric, of several runs. */
export const useHistories = (runs: string[], key: string) =>
    useQuery({
        queryKey: ['history', runs, key],
        queryFn: () =>
            Promise.all(
                runs.map(
                    async (run) =>
                        (
                            await get<{ metrics?: Metric[] }>(
                                `${MLFLOW}/metrics/get-history?run_id=${text(run)}&metric_key=${text(key)}&max_results=25000`,
                            )
                        ).metrics ?? [],
                ),
            ),
    });

export const useArtifacts = (run: string, path: string) =>
    useQuery({
        queryKey: ['artifacts', run, path],
        queryFn: () =>
            get<{ files?: ArtifactFile[] }>(
                `${MLFLOW}/artifacts/list?run_id=${text(run)}${path && `&path=${text(path)}`}`,
            ),
    });

export const artifactPath = (run: Run['info'], path: string) =>
    `/api/2.0/mlflow-artifacts/artifacts/${run.experiment_id}/${run.run_id}/artifacts/` +
    path.split('/').map(text).join('/');

/** Into the bin and out of it. */
export function useMoveRun() {
    const client = useQueryClient();
    return useMutation({
        mutationFn: ({ id, to }: { id: string; to: 'delete' | 'restore' }) =>
            post<object>(`${MLFLOW}/runs/${to}`, { run_id: id }),
        onSuccess: () =>
            Promise.all([
                client.invalidateQueries({ queryKey: ['runs'] }),
                client.invalidateQueries({ queryKey: ['run'] }),
            ]),
    });
}

export const useRegisteredModels = () =>
    useQuery({
        queryKey: ['registered'],
        queryFn: () => get<{ registered_models: RegisteredModel[] }>('/api/v1/registered-models?limit=500'),
    });

export const useVersions = (name: string) =>
    useQuery({
        queryKey: ['versions', name],
        queryFn: () =>
            get<{ model_versions?: Version[] }>(
                `${MLFLOW}/model-versions/search?filter=${text(`name='${name.replaceAll("'", "\\'")}'`)}&max_results=1000`,
            ),
    });

export const usePromotions = (id: number) =>
    useQuery({
        queryKey: ['promotions', id],
        queryFn: () => get<{ promotions: Promotion[] }>(`${registered(id)}/promotions`),
    });

/** An alias moves: to a version, or back to where it stood. */
export function useMoveAlias(id: number) {
    const client = useQueryClient();
    return useMutation({
        mutationFn: ({ version, ...wish }: { alias: string; reason: string; version?: string }) =>
            version === undefined
                ? post<object>(`${registered(id)}/rollbacks`, wish)
                : post<object>(`${registered(id)}/promotions`, { ...wish, version }),
        onSuccess: () =>
            Promise.all([
                client.invalidateQueries({ queryKey: ['versions'] }),
                client.invalidateQueries({ queryKey: ['promotions'] }),
            ]),
    });
}

/** A whole experiment, or a registered model, into the bin. */
export function useDeleteExperiment() {
    const client = useQueryClient();
    return useMutation({
        mutationFn: (id: string) => post<object>(`${MLFLOW}/experiments/delete`, { experiment_id: id }),
        onSuccess: () => client.invalidateQueries({ queryKey: ['experiments'] }),
    });
}
export function useDeleteModel() {
    const client = useQueryClient();
    return useMutation({
        mutationFn: (name: string) =>
            request<object>('DELETE', `${MLFLOW}/registered-models/delete`, { name }),
        onSuccess: () => client.invalidateQueries({ queryKey: ['registered'] }),
    });
}

const BIN = '/api/v1/bin';
const only = ({ kind, id }: BinItem) => ({ items: [{ kind, id }] });

export const useBin = () => useQuery({ queryKey: ['bin'], queryFn: () => get<{ items: BinItem[] }>(BIN) });

/** A change of the bin: everything that it may bring back or take away is read again. */
function useBinChange<Wish, Answer>(change: (wish: Wish) => Promise<Answer>) {
    const client = useQueryClient();
    return useMutation({
        mutationFn: change,
        onSuccess: () =>
            Promise.all(
                ['bin', 'experiments', 'runs', 'run', 'registered', 'versions'].map((queryKey) =>
                    client.invalidateQueries({ queryKey: [queryKey] }),
                ),
            ),
    });
}
export const useRestoreFromBin = () =>
    useBinChange((item: BinItem) => post<object>(`${BIN}/restorations`, only(item)));
export const useRemoveFromBin = () =>
    useBinChange((item: BinItem) => post<Removed>(`${BIN}/removals`, only(item)));
export const useEmptyBin = () => useBinChange(() => request<Removed>('DELETE', BIN));
