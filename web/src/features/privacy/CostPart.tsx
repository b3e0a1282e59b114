import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DataTable } from '../../components/DataTable';
import { Section } from '../../components/Section';
import { ErrorNote } from '../../components/States';
import { historyOf } from '../cleaning/CleaningPart';
import type { View } from '../datasets/queries';
import { useTargets, useTrain, useTraining, type Training } from '../training/queries';
import { scoreText } from '../training/scores';
import type { PersonalData } from './queries';

const budgetSeconds = 10;

interface Pair {
    before: number;
    after: number;
}

function Score({ id }: { id: number }) {
    const { t } = useTranslation();
    const training = useTraining(id).data;
    const verdict = training?.report?.verdict;
    if (!verdict) {
        const ended = training?.state === 'failed' || training?.state === 'cancelled';
        return ended ? (training.problem?.message ?? t('training:ui.failed')) : t('privacy:ui.cost.running');
    }
    const { score, value, interval } = verdict;
    return t('privacy:ui.cost.score', {
        score: t(`training:ui.score.${score}`),
        value: scoreText(score, value),
        low: scoreText(score, interval.low),
        high: scoreText(score, interval.high),
    });
}

/** One quick training with the columns as they were read, one as they are now; both with their interval. */
export function CostPart({ view, personal }: { view: View; personal: PersonalData }) {
    const { t } = useTranslation();
    const { id } = view.dataset;
    const targets = useTargets(id, view.dataset.current_version_id ?? null);
    const train = useTrain(id);
    const [chosen, setChosen] = useState('');
    const [pair, setPair] = useState<Pair | null>(null);
    const [error, setError] = useState<unknown>(null);
    const names = targets.data?.targets.map(({ column }) => column) ?? [];
    const target = chosen || names[0] || '';
    const asRead = historyOf(view.versions).at(-1)?.id;
    const changed = personal.columns.filter(
        ({ state }) => state === 'anonymised' || state === 'pseudonymised',
    );
    const start = async () => {
        setError(null);
        const wish = { target, preset: 'quick' as const, budget_s: budgetSeconds };
        const decisions = changed.map(({ column }) => ({
            column,
            action: 'keep' as const,
            reason: t('privacy:ui.cost.reason'),
        }));
        try {
            const before = await train.mutateAsync({ ...wish, version_id: asRead, decisions });
            const after = await train.mutateAsync(wish);
            setPair({ before: (before as Training).id, after: (after as Training).id });
        } catch (failed) {
            setError(failed);
        }
    };
    return (
        <Section title={t('privacy:ui.cost.title')} text={t('privacy:ui.cost.text')}>
            <Stack gap="md">
                {error !== null && <ErrorNote error={error} />}
                <Group align="flex-end">
                    <Select
                        label={t('training:ui.target.label')}
                        searchable
                        allowDeselect={false}
                        value={target || null}
                        data={names}
                        onChange={(value) => setChosen(value ?? '')}
                    />
                    <Button
                        variant="default"
                        disabled={!target || personal.undecided > 0 || asRead === undefined}
                        loading={train.isPending}
                        onClick={() => void start()}
                    >
                        {t('privacy:ui.cost.start')}
                    </Button>
                </Group>
                {personal.undecided > 0 && <Text size="sm">{t('privacy:ui.cost.decide_first')}</Text>}
                {pair && (
                    <DataTable
                        label={t('privacy:ui.cost.title')}
                        rows={[
                            { key: 'before', id: pair.before },
                            { key: 'after', id: pair.after },
                        ]}
                        rowKey={(row) => row.key}
                        columns={[
                            {
                                key: 'version',
                                head: t('privacy:ui.cost.version'),
                                rowHead: true,
                                cell: (row) => t(`privacy:ui.cost.${row.key}`),
                            },
                            {
                                key: 'score',
                                head: t('privacy:ui.cost.quality'),
                                cell: (row) => <Score id={row.id} />,
                            },
                        ]}
                    />
                )}
            </Stack>
        </Section>
    );
}
