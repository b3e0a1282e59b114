import { Button, Group, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { DataTable } from '../../components/DataTable';
import { Section } from '../../components/Section';
import { ErrorState, Loaded, Loading, Refusal } from '../../components/States';
import { formatAgo } from '../../lib/format';
import type { View } from '../datasets/queries';
import { useJob } from '../jobs/queries';
import { useTargets, useTrain, useTraining, useTrainings, type Training } from './queries';
import { Running } from './Running';
import { scoreText, verdictKind } from './scores';
import { TrainForm } from './TrainForm';
import { VerdictView } from './VerdictView';

function Past({ trainings, onOpen }: { trainings: Training[]; onOpen: (id: number) => string }) {
    const { t } = useTranslation();
    if (trainings.length === 0) return null;
    return (
        <Section title={t('training:ui.past.title')}>
            <DataTable
                label={t('training:ui.past.title')}
                rows={trainings}
                rowKey={(row) => row.id}
                columns={[
                    {
                        key: 'target',
                        head: t('training:ui.past.target'),
                        rowHead: true,
                        cell: (row) => (
                            <Link
                                to={onOpen(row.id)}
                                aria-label={t('training:ui.past.open', { target: row.request.target })}
                            >
                                {row.request.target}
                            </Link>
                        ),
                    },
                    {
                        key: 'result',
                        head: t('training:ui.past.result'),
                        cell: (row) => <Result training={row} />,
                    },
                    {
                        key: 'when',
                        head: t('training:ui.past.when'),
                        cell: (row) => formatAgo(row.created_at),
                    },
                ]}
            />
        </Section>
    );
}

function Result({ training }: { training: Training }) {
    const { t } = useTranslation();
    const { report, state } = training;
    if (!report) return t(`training:ui.past.state.${state}`);
    const { score, value } = report.verdict;
    return `${t(`training:ui.verdict.${verdictKind(report)}`)} · ${t(`training:ui.score.${score}`)} ${scoreText(score, value)}`;
}

function One({ id, view, onAgain }: { id: number; view: View; onAgain: () => void }) {
    const { t } = useTranslation();
    const query = useTraining(id);
    const training = query.data;
    const job = useJob(training && !training.report ? training.job_id : null);
    if (!training)
        return query.error ? (
            <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : (
            <Loading />
        );
    const again = (
        <Group>
            <Button variant="default" onClick={onAgain}>
                {t('training:ui.past.again')}
            </Button>
        </Group>
    );
    if (training.report) {
        return (
            <Stack gap="lg">
                <VerdictView datasetId={view.dataset.id} report={training.report} />
                {again}
            </Stack>
        );
    }
    const { state } = training;
    if (state === 'failed' || state === 'cancelled') {
        return (
            <Stack>
                <Refusal
                    message={
                        training.problem?.message ??
                        t(state === 'failed' ? 'training:ui.failed' : 'training:ui.cancelled')
                    }
                    hint={training.problem?.hint}
                />
                {again}
            </Stack>
        );
    }
    return <Running id={id} job={job.data} target={training.request.target} />;
}

/** The tab "Predict": choose and train; with ?training= the training under way or its verdict. */
export function PredictPart({ view }: { view: View }) {
    const [params, setParams] = useSearchParams();
    const chosen = Number(params.get('training')) || undefined;
    const trainings = useTrainings(view.dataset.id);
    const targets = useTargets(view.dataset.id, view.dataset.current_version_id ?? null);
    const train = useTrain(view.dataset.id);
    const open = (id: number) => setParams({ tab: 'predict', training: String(id) });
    if (chosen)
        return <One key={chosen} id={chosen} view={view} onAgain={() => setParams({ tab: 'predict' })} />;
    return (
        <Stack gap={48}>
            <TrainForm
                view={view}
                candidates={targets.data?.targets ?? []}
                busy={train.isPending}
                error={train.error}
                onTrain={(wish) => train.mutate(wish, { onSuccess: (made) => open(made.id) })}
            />
            <Loaded query={trainings}>
                {(data) => <Past trainings={data.trainings} onOpen={(id) => `?tab=predict&training=${id}`} />}
            </Loaded>
        </Stack>
    );
}
