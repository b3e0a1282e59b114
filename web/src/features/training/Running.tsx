import { Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { JobProgress } from '../jobs/JobProgress';
import type { Job } from '../jobs/queries';
import { useStopTraining, type LeaderboardLine } from './queries';
import { Leaderboard } from './VerdictView';

function lineOf(event: unknown): LeaderboardLine | undefined {
    const line = event as Partial<LeaderboardLine> | null;
    return typeof line?.name === 'string' && Array.isArray(line.scores)
        ? (line as LeaderboardLine)
        : undefined;
}

/** The leaderboard so far: each event of the job brings the line of one model. */
function useLines(job: Job | undefined): LeaderboardLine[] {
    const [lines, setLines] = useState<LeaderboardLine[]>([]);
    const [seen, setSeen] = useState<unknown>();
    const event = job?.latest_event;
    if (event !== seen) {
        setSeen(event);
        const line = lineOf(event);
        if (line) setLines([...lines.filter((row) => row.name !== line.name), line]);
    }
    return lines.toSorted((a, b) => b.choice_score - a.choice_score);
}

/** A training under way: progress, the leaderboard as it grows, and a way to stop. */
export function Running({ id, job, target }: { id: number; job: Job | undefined; target: string }) {
    const { t } = useTranslation();
    const lines = useLines(job);
    const stop = useStopTraining(id);
    return (
        <Stack gap="lg">
            <JobProgress
                job={job}
                label={t('training:ui.running.title', { target })}
                stop={{
                    label: t('training:ui.running.stop'),
                    busy: stop.isPending,
                    error: stop.error,
                    act: () => stop.mutate(),
                }}
            />
            <Text c="dimmed">{t('training:ui.running.text')}</Text>
            {lines.length > 0 ? <Leaderboard lines={lines} /> : <Text>{t('training:ui.running.first')}</Text>}
        </Stack>
    );
}
