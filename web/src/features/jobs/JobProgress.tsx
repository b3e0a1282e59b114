import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ErrorNote } from '../../components/States';
import { formatPercent } from '../../lib/format';
import { textOr } from '../../lib/i18n';
import type { Job } from './queries';

/** A way to stop what is under way. */
export interface Stop {
    label: string;
    busy: boolean;
    error: unknown;
    act: () => void;
}

/** Where a job stands: what it does now, how far it is, and a way to stop it. */
export function JobProgress({ job, label, stop }: { job: Job | undefined; label: string; stop?: Stop }) {
    const { t } = useTranslation();
    const stage =
        job?.state === 'queued' ? t('jobs:ui.queued') : textOr(t, `jobs:stages.${job?.stage ?? ''}`, '');
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
            {stop?.error != null && <ErrorNote error={stop.error} />}
            {job && stop && (
                <Group>
                    <Button
                        variant="default"
                        size="sm"
                        loading={stop.busy || job.cancel_requested}
                        onClick={stop.act}
                    >
                        {stop.label}
                    </Button>
                </Group>
            )}
        </Stack>
    );
}
