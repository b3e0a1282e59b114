import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Section } from '../../components/Section';
import { ErrorNote } from '../../components/States';
import { formatMoment } from '../../lib/format';
import { useDecide, type AffectedModel, type PersonRequest } from './person_queries';

function Decide({ project, code, model }: { project: number; code: string; model: AffectedModel }) {
    const { t } = useTranslation();
    const decide = useDecide(project, code);
    const [reason, setReason] = useState('');
    const choose = (decision: AffectedModel['decision']) =>
        decide.mutate({ model_id: model.model_id, decision, reason });
    return (
        <Stack gap="xs" maw={720}>
            <TextInput
                label={t('erasure:ui.person.reason')}
                maxLength={2000}
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
            />
            {decide.error && <ErrorNote error={decide.error} />}
            <Group>
                <Button loading={decide.isPending} onClick={() => choose('retrain')}>
                    {t('erasure:ui.person.retrain')}
                </Button>
                <Button variant="default" loading={decide.isPending} onClick={() => choose('withdraw')}>
                    {t('erasure:ui.person.withdraw')}
                </Button>
                <Button
                    variant="default"
                    disabled={!reason.trim()}
                    loading={decide.isPending}
                    onClick={() => choose('justify')}
                >
                    {t('erasure:ui.person.justify')}
                </Button>
            </Group>
        </Stack>
    );
}

/** What becomes of each model that learnt from the rows. */
export function ModelDecisions({ project, request }: { project: number; request: PersonRequest }) {
    const { t } = useTranslation();
    if (request.models.length === 0) return null;
    return (
        <Section title={t('erasure:ui.person.models')} text={t('erasure:ui.person.models_text')}>
            <Text role="status">{t('erasure:ui.person.open', { count: request.open_decisions })}</Text>
            {request.models.map((model) => (
                <Stack key={model.model_id} gap="xs">
                    <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
                        {t('erasure:ui.person.model', {
                            name: model.name,
                            target: model.target,
                            rows: model.rows,
                        })}
                    </Text>
                    {model.decision === 'open' ? (
                        <Decide project={project} code={request.code} model={model} />
                    ) : (
                        <Text style={{ overflowWrap: 'anywhere' }}>
                            {t(`erasure:ui.person.decided.${model.decision}`, {
                                who: model.decided_by_name,
                                date: formatMoment(model.decided_at ?? 0),
                                reason: model.reason,
                            })}
                        </Text>
                    )}
                </Stack>
            ))}
        </Section>
    );
}
