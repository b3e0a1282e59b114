import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ErrorNote } from '../../components/States';
import { formatPercent } from '../../lib/format';
import { useCancelJob, type Job } from './queries';

/** Where a job stands: what it does now, how far it is, and a way to stop it. */
export function JobProgress({ job, label, stop }: { job: Job | undefined; label: string; stop?: string }) {
    const { t, i18n } = useTranslation();
    const cancel = useCancelJob();
    const stageKey = `jobs:stages.${job?.stage ?? ''}`;
    const stage = job?.state === 'queued' ? t('jobs:ui.queued') : i18n.exists(stageKey) ? t(stageKey) : '';
    const percent = (job?.progress ?? 0) * 100;
    return (
        <Stack gap="xs" className="card" p="lg">
            <Text fw={600}>{label}</Text>
            <Progress value={percent} aria-label={label} size="lg" animated={job?.state === 'running'} />
            <Group justify="space-between">
                <Text size="sm" c="dimmed" aria-live="polite">
                    {stage} {job && job.attempt > 1 && t('jobs:ui.attempt', { attempt: job.attempt })}
                </Text>
                <Text size="sm" c="dimmed" className="number">
                    {formatPercent(percent / 100)}
                </Text>
            </Group>
            {cancel.error && <ErrorNote error={cancel.error} />}
            {job && stop && (
                <Group>
                    <Button
                        variant="default"
                        size="sm"
                        loading={cancel.isPending || job.cancel_requested}
                        onClick={() => cancel.mutate(job.id)}
                    >
                        {stop}
                    </Button>
                </Group>
            )}
        </Stack>
    );
}
