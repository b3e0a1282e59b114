import { Button, Checkbox, Group, MultiSelect, Select, Stack, Switch } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { Section } from '../../components/Section';
import { ErrorNote, Loaded, Notice } from '../../components/States';
import { formatTime } from '../../lib/format';
import { metricOf, namesOf, paramOf, shownMetric } from './metrics';
import { useDeleteExperiment, useExperiments, useRuns, type Experiment, type Run } from './queries';

const ROW_PX = 44;

function cellOf(run: Run, column: string) {
    const [part, key] = [column.slice(0, 1), column.slice(2)];
    if (part === 'p') return paramOf(run, key) ?? '';
    const metric = metricOf(run, key);
    return metric ? shownMetric(metric.value) : '';
}

interface TableProps {
    runs: Run[];
    columns: string[];
    chosen: string[];
    onChosen: (ids: string[]) => void;
}

/** A table of any length: only the rows in sight are drawn. */
function RunTable({ runs, columns, chosen, onChosen }: TableProps) {
    const { t } = useTranslation();
    const box = useRef<HTMLDivElement>(null);
    const rows = useVirtualizer({
        count: runs.length,
        getScrollElement: () => box.current,
        estimateSize: () => ROW_PX,
        overscan: 12,
    });
    const seen = rows.getVirtualItems();
    const before = seen[0]?.start ?? 0;
    const after = rows.getTotalSize() - (seen.at(-1)?.end ?? 0);
    const toggle = (id: string) =>
        onChosen(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
    return (
        <div
            ref={box}
            className="card runs"
            role="region"
            tabIndex={0}
            aria-label={t('tracking:ui.runs.title')}
        >
            <table aria-label={t('tracking:ui.runs.title')} aria-rowcount={runs.length + 1}>
                <thead>
                    <tr>
                        <th scope="col">{t('tracking:ui.runs.compare_head')}</th>
                        <th scope="col">{t('tracking:ui.runs.name')}</th>
                        <th scope="col">{t('tracking:ui.runs.state')}</th>
                        <th scope="col">{t('tracking:ui.runs.started')}</th>
                        {columns.map((column) => (
                            <th key={column} scope="col" className={column[0] === 'm' ? 'number' : undefined}>
                                {column.slice(2)}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody>
                    {before > 0 && <tr aria-hidden style={{ height: before }} />}
                    {seen.map(({ index }) => {
                        const run = runs[index]!;
                        const name = run.info.run_name || run.info.run_id.slice(0, 8);
                        return (
                            <tr key={run.info.run_id} aria-rowindex={index + 2} style={{ height: ROW_PX }}>
                                <td>
                                    <Checkbox
                                        aria-label={t('tracking:ui.runs.choose', { name })}
                                        checked={chosen.includes(run.info.run_id)}
                                        onChange={() => toggle(run.info.run_id)}
                                    />
                                </td>
                                <th scope="row">
                                    <Link to={`/mlflow/?run=${run.info.run_id}`}>{name}</Link>
                                </th>
                                <td>{t(`tracking:ui.status.${run.info.status}`)}</td>
                                <td>{formatTime(run.info.start_time)}</td>
                                {columns.map((column) => (
                                    <td key={column} className={column[0] === 'm' ? 'number' : undefined}>
                                        {cellOf(run, column)}
                                    </td>
                                ))}
                            </tr>
                        );
                    })}
                    {after > 0 && <tr aria-hidden style={{ height: after }} />}
                </tbody>
            </table>
        </div>
    );
}

function Runs({ runs }: { runs: Run[] }) {
    const { t } = useTranslation();
    const navigate = useNavigate();
    const [chosen, setChosen] = useState<string[]>([]);
    const all = useMemo(
        () => ({ metrics: namesOf(runs, 'metrics'), params: namesOf(runs, 'params') }),
        [runs],
    );
    const [columns, setColumns] = useState<string[] | null>(null);
    const shown = columns ?? [
        ...all.metrics.slice(0, 4).map((key) => `m.${key}`),
        ...all.params.slice(0, 3).map((key) => `p.${key}`),
    ];
    const option = (part: string) => (key: string) => ({ value: `${part}.${key}`, label: key });
    if (runs.length === 0)
        return <Notice title={t('tracking:ui.runs.none')}>{t('tracking:ui.runs.none_text')}</Notice>;
    return (
        <Stack>
            <Group align="flex-end">
                <MultiSelect
                    label={t('tracking:ui.runs.columns')}
                    searchable
                    w={{ base: '100%', md: 560 }}
                    data={[
                        { group: t('tracking:ui.metrics'), items: all.metrics.map(option('m')) },
                        { group: t('tracking:ui.params'), items: all.params.map(option('p')) },
                    ]}
                    value={shown}
                    onChange={setColumns}
                />
                <Button
                    disabled={chosen.length < 2}
                    onClick={() => void navigate(`/mlflow/?compare=${chosen.join(',')}`)}
                >
                    {t('tracking:ui.runs.compare', { count: chosen.length })}
                </Button>
            </Group>
            <RunTable runs={runs} columns={shown} chosen={chosen} onChosen={setChosen} />
        </Stack>
    );
}

/** Runs of one experiment, chosen above them. */
function ExperimentRuns({ experiments }: { experiments: Experiment[] }) {
    const { t } = useTranslation();
    const [experiment, setExperiment] = useState(experiments[0]?.experiment_id ?? '');
    const [deleted, setDeleted] = useState(false);
    const runs = useRuns(experiment, deleted);
    const remove = useDeleteExperiment();
    const next = experiments.find(({ experiment_id }) => experiment_id !== experiment);
    return (
        <Section
            title={t('tracking:ui.runs.title')}
            term={t('tracking:ui.runs.term')}
            text={t('tracking:ui.runs.text')}
        >
            <Group align="flex-end">
                <Select
                    label={t('tracking:ui.runs.experiment')}
                    searchable
                    allowDeselect={false}
                    w={{ base: '100%', sm: 320 }}
                    data={experiments.map(({ experiment_id, name }) => ({
                        value: experiment_id,
                        label: name,
                    }))}
                    value={experiment}
                    onChange={(id) => setExperiment(id ?? '')}
                />
                <Switch
                    label={t('tracking:ui.runs.bin')}
                    checked={deleted}
                    onChange={(event) => setDeleted(event.currentTarget.checked)}
                />
                {experiment !== '' && (
                    <Button
                        variant="default"
                        loading={remove.isPending}
                        onClick={() =>
                            remove.mutate(experiment, {
                                onSuccess: () => setExperiment(next?.experiment_id ?? ''),
                            })
                        }
                    >
                        {t('tracking:ui.runs.delete_experiment')}
                    </Button>
                )}
            </Group>
            {remove.error && <ErrorNote error={remove.error} />}
            <Loaded query={runs}>
                {(data) => <Runs key={`${experiment} ${deleted}`} runs={data.runs ?? []} />}
            </Loaded>
        </Section>
    );
}

export function RunsPart() {
    const experiments = useExperiments();
    return (
        <Loaded query={experiments}>
            {(data) => <ExperimentRuns experiments={data.experiments ?? []} />}
        </Loaded>
    );
}
