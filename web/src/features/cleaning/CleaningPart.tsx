import { Button, Group, Stack, Text } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Section } from '../../components/Section';
import { ErrorNote, Loaded } from '../../components/States';
import { formatAgo } from '../../lib/format';
import type { Version, View } from '../datasets/queries';
import type { Profile } from '../exploring/types';
import { useClean, useStepCatalogue, useUndo, type Step, type StepInfo } from './queries';
import { StepForm } from './StepForm';
import { proposals, stepSentence } from './steps';

const proposalsAtOnce = 6;

interface ActProps {
    busy: boolean;
    onStep: (step: Step) => void;
}

function Proposals({ profile, steps, busy, onStep }: ActProps & { profile: Profile; steps: StepInfo[] }) {
    const { t } = useTranslation();
    const [shown, setShown] = useState(proposalsAtOnce);
    const found = proposals(t, profile, steps);
    if (found.length === 0) return <Text>{t('cleaning:ui.nothing')}</Text>;
    return (
        <Stack gap="xs">
            {found.slice(0, shown).map((proposal) => (
                <Group key={proposal.key} className="card" p="md" justify="space-between">
                    <Text style={{ flex: '1 1 260px' }}>{proposal.why}</Text>
                    <Button
                        variant="default"
                        size="sm"
                        disabled={busy}
                        aria-label={`${proposal.fix}. ${proposal.why}`}
                        onClick={() => onStep(proposal.step)}
                    >
                        {proposal.fix}
                    </Button>
                </Group>
            ))}
            {found.length > shown && (
                <Group>
                    <Button variant="subtle" onClick={() => setShown(found.length)}>
                        {t('base:ui.show_more')}
                    </Button>
                </Group>
            )}
        </Stack>
    );
}

/** From the version in use back to the file as it was read. */
export function historyOf(versions: Version[]): Version[] {
    const byId = new Map(versions.map((version) => [version.id, version]));
    const path: Version[] = [];
    let at = versions.find((version) => version.current);
    while (at) {
        path.push(at);
        at = at.parent_id == null ? undefined : byId.get(at.parent_id);
    }
    return path;
}

/** What a step did, and the size of the table after it. */
function effectOf(t: TFunction, version: Version): string {
    const { rows, rows_removed, cells_changed, column_count: columns } = version;
    const parts = [];
    if (rows_removed > 0) parts.push(t('cleaning:ui.rows_removed', { rows: rows_removed }));
    if (cells_changed > 0) parts.push(t('cleaning:ui.cells_changed', { cells: cells_changed }));
    parts.push(t('cleaning:ui.size', { rows, columns }));
    return parts.join(' · ');
}

function History({ view }: { view: View }) {
    const { t } = useTranslation();
    const undo = useUndo(view.dataset.id);
    const path = historyOf(view.versions);
    return (
        <Section
            title={t('cleaning:ui.history')}
            text={t('cleaning:ui.history_text')}
            action={
                path.length > 1 && (
                    <Button
                        variant="default"
                        size="sm"
                        loading={undo.isPending}
                        disabled={view.dataset.state === 'cleaning'}
                        onClick={() => undo.mutate(undefined)}
                    >
                        {t('cleaning:ui.undo')}
                    </Button>
                )
            }
        >
            {undo.error && <ErrorNote error={undo.error} />}
            <ol className="history">
                {path.toReversed().map((version) => (
                    <li key={version.id} aria-current={version.current ? 'step' : undefined}>
                        <Text fw={version.current ? 600 : 400}>
                            {version.step
                                ? stepSentence(t, version.step as Step)
                                : t('cleaning:ui.as_read', { name: view.dataset.file_name })}
                        </Text>
                        <Text size="sm" c="dimmed">
                            {version.ready && effectOf(t, version)} · {formatAgo(version.created_at)}
                        </Text>
                    </li>
                ))}
            </ol>
        </Section>
    );
}

/** What could be mended, any other step, and the way back. */
export function CleaningPart({ view, profile }: { view: View; profile: Profile | undefined }) {
    const { t } = useTranslation();
    const steps = useStepCatalogue();
    const clean = useClean(view.dataset.id);
    const busy = clean.isPending || view.dataset.state === 'cleaning';
    const onStep = (step: Step) => clean.mutate([step]);
    return (
        <Stack gap={40} maw={860}>
            {clean.error && <ErrorNote error={clean.error} />}
            <Section title={t('cleaning:ui.proposals')} text={t('cleaning:ui.proposals_text')}>
                <Loaded query={steps}>
                    {(data) =>
                        profile && (
                            <Proposals profile={profile} steps={data.steps} busy={busy} onStep={onStep} />
                        )
                    }
                </Loaded>
            </Section>
            <History view={view} />
            <Section title={t('cleaning:ui.other')}>
                {steps.data && (
                    <StepForm
                        key={view.dataset.current_version_id}
                        steps={steps.data.steps}
                        view={view}
                        busy={busy}
                        onStep={onStep}
                    />
                )}
            </Section>
        </Stack>
    );
}
