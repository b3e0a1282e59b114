import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { DropZone } from '../../components/DropZone';
import { Section } from '../../components/Section';
import { ErrorNote, Refusal } from '../../components/States';
import { formatPercent } from '../../lib/format';
import { JobProgress } from '../jobs/JobProgress';
import { useCancelJob, useJob } from '../jobs/queries';
import { batchFilePath, useBatch, useBatchState, type Batch } from './queries';

function Outcome({ pk, batch, name }: { pk: number; batch: Batch; name: string }) {
    const { t } = useTranslation();
    const job = useJob(batch.job_id);
    const state = useBatchState(batch.id).data ?? batch;
    const cancel = useCancelJob();
    if (state.state === 'succeeded') {
        return (
            <Alert variant="outline" role="status" title={t('predictions:ui.batch.ready')}>
                <Text size="sm" mb="sm">
                    {t('predictions:ui.batch.done', { rows: state.rows })}
                </Text>
                <Group>
                    <Button component="a" href={batchFilePath(batch.id)} download>
                        {t('predictions:ui.batch.download')}
                    </Button>
                    <Button component={Link} variant="subtle" to={`/monitoring/${pk}/data/`}>
                        {t('predictions:ui.batch.fares')}
                    </Button>
                </Group>
            </Alert>
        );
    }
    if (state.state === 'failed' || state.state === 'cancelled') {
        return (
            <Refusal
                message={state.problem?.message ?? t('predictions:ui.batch.stopped')}
                hint={state.problem?.hint}
            />
        );
    }
    return (
        <JobProgress
            job={job.data}
            label={t('predictions:ui.batch.running', { name })}
            stop={{
                label: t('base:ui.cancel'),
                busy: cancel.isPending,
                error: cancel.error,
                act: () => cancel.mutate(batch.job_id),
            }}
        />
    );
}

/** A file of rows up, the same file with the answers down. */
export function BatchPart({ pk, modelId }: { pk: number; modelId: number }) {
    const { t } = useTranslation();
    const batch = useBatch(modelId);
    const progress = batch.isPending
        ? {
              share: batch.share,
              label: t('datasets:ui.drop.sending', { name: batch.variables.name }),
              value: t('datasets:ui.drop.percent', { percent: formatPercent(batch.share) }),
          }
        : undefined;
    return (
        <Section title={t('predictions:ui.batch')} text={t('predictions:ui.batch.text')}>
            <Stack>
                {batch.error && <ErrorNote error={batch.error} />}
                {batch.data && (
                    <Outcome key={batch.data.id} pk={pk} batch={batch.data} name={batch.data.file_name} />
                )}
                <DropZone
                    title={t('predictions:ui.batch.drop')}
                    choose={t('datasets:ui.drop.choose')}
                    hint={t('predictions:ui.batch.hint')}
                    accept=".csv,.tsv,.txt,text/csv,text/plain"
                    progress={progress}
                    onFile={(file) => batch.mutate(file)}
                />
            </Stack>
        </Section>
    );
}
