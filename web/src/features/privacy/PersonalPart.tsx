import { Badge, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DataTable } from '../../components/DataTable';
import { Section } from '../../components/Section';
import { ErrorNote, Loaded } from '../../components/States';
import { formatInteger, formatNumber, formatPercent, formatTime } from '../../lib/format';
import { stepSentence } from '../cleaning/steps';
import type { View } from '../datasets/queries';
import { AnonymityPart } from './AnonymityPart';
import { CostPart } from './CostPart';
import {
    useDecide,
    usePersonal,
    type Decision,
    type NewDecision,
    type PersonalColumn,
    type PersonalData,
} from './queries';
import { kindName, proposalName, toLeaveOut } from './texts';

interface ActProps {
    busy: boolean;
    onDecide: (decisions: NewDecision[]) => void;
}

function Findings({ column }: { column: PersonalColumn }) {
    const { t } = useTranslation();
    return (
        <Stack gap={6}>
            {column.findings.map((finding) => (
                <div key={finding.kind}>
                    <Badge variant="light" tt="none" size="lg" fw={600}>
                        {kindName(t, finding.kind)}
                    </Badge>
                    <Text size="sm" mt={4}>
                        {t('privacy:ui.finding', {
                            cells: formatInteger(finding.cells),
                            all: formatInteger(column.cells),
                            share: formatPercent(finding.share, 1),
                            confidence: formatNumber(finding.confidence, 2),
                        })}
                    </Text>
                    <Text size="sm" c="dimmed">
                        {t('privacy:ui.examples', { examples: finding.masked.join('   ') })}
                    </Text>
                </div>
            ))}
        </Stack>
    );
}

function Keep({ column, busy, onDecide }: ActProps & { column: string }) {
    const { t } = useTranslation();
    const [reason, setReason] = useState<string | null>(null);
    if (reason === null) {
        return (
            <Button variant="subtle" size="sm" disabled={busy} onClick={() => setReason('')}>
                {t('privacy:ui.keep')}
            </Button>
        );
    }
    return (
        <form
            style={{ flex: '1 1 320px' }}
            onSubmit={(event) => {
                event.preventDefault();
                onDecide([{ column, action: 'keep', reason }]);
            }}
        >
            <Group align="flex-end" gap="xs">
                <TextInput
                    style={{ flex: 1 }}
                    label={t('privacy:ui.reason', { column })}
                    required
                    withAsterisk={false}
                    maxLength={2000}
                    value={reason}
                    onChange={(event) => setReason(event.currentTarget.value)}
                />
                <Button type="submit" variant="default" disabled={busy || !reason.trim()}>
                    {t('privacy:ui.keep_submit')}
                </Button>
            </Group>
        </form>
    );
}

function Ways({ column, busy, onDecide }: ActProps & { column: PersonalColumn }) {
    const { t } = useTranslation();
    const name = column.column;
    return (
        <Group gap="xs" align="flex-end">
            {column.proposals.map((proposal, index) => (
                <Button
                    key={proposal.why}
                    size="sm"
                    variant={index === 0 && column.state === 'undecided' ? 'light' : 'default'}
                    disabled={busy || (proposal.action === 'drop' && column.state === 'dropped')}
                    aria-label={`${name}: ${proposalName(t, proposal)}`}
                    onClick={() =>
                        onDecide([
                            {
                                column: name,
                                action: proposal.action,
                                reason: '',
                                step: proposal.step ?? undefined,
                            },
                        ])
                    }
                >
                    {proposalName(t, proposal)}
                </Button>
            ))}
            <Keep column={name} busy={busy} onDecide={onDecide} />
        </Group>
    );
}

function ColumnCard({ column, busy, onDecide }: ActProps & { column: PersonalColumn }) {
    const { t } = useTranslation();
    const { decision, state } = column;
    return (
        <Stack component="section" className="card" p="md" gap="sm" aria-label={column.column}>
            <Group justify="space-between">
                <Text fw={600} component="h3" m={0} size="lg">
                    {column.column}
                </Text>
                <Text size="sm" fw={state === 'undecided' ? 600 : 400}>
                    {t(`privacy:ui.state.${state}`)}
                </Text>
            </Group>
            <Findings column={column} />
            {column.steps.map((step, index) => (
                <Text key={index} size="sm">
                    {stepSentence(t, step)}
                </Text>
            ))}
            {state === 'pseudonymised' && <Text size="sm">{t('privacy:ui.still_personal')}</Text>}
            {decision && (
                <Text size="sm" c="dimmed">
                    {t('privacy:ui.decided', {
                        who: decision.decided_by_name || t('privacy:ui.nobody'),
                        when: formatTime(decision.decided_at),
                        reason: decision.reason,
                        given: decision.reason ? 'yes' : 'no',
                    })}
                </Text>
            )}
            <Ways column={column} busy={busy} onDecide={onDecide} />
        </Stack>
    );
}

function History({ history }: { history: Decision[] }) {
    const { t } = useTranslation();
    if (history.length === 0) return null;
    return (
        <Section title={t('privacy:ui.history')} text={t('privacy:ui.history_text')}>
            <DataTable
                label={t('privacy:ui.history')}
                rows={history}
                rowKey={(row) => row.id}
                columns={[
                    { key: 'column', head: t('privacy:ui.column'), rowHead: true, cell: (row) => row.column },
                    {
                        key: 'action',
                        head: t('privacy:ui.decision'),
                        cell: (row) => t(`privacy:ui.action.${row.action}`),
                    },
                    { key: 'reason', head: t('privacy:ui.why_head'), cell: (row) => row.reason || '–' },
                    {
                        key: 'who',
                        head: t('privacy:ui.who'),
                        cell: (row) => row.decided_by_name || t('privacy:ui.nobody'),
                    },
                    { key: 'when', head: t('privacy:ui.when'), cell: (row) => formatTime(row.decided_at) },
                ]}
            />
        </Section>
    );
}

function Scope({ personal }: { personal: PersonalData }) {
    const { t } = useTranslation();
    if (!personal.scanned) return t('privacy:ui.not_scanned');
    const { rows, rows_looked_at: seen } = personal;
    const all = seen >= rows;
    return t(all ? 'privacy:ui.all_rows' : 'privacy:ui.some_rows', {
        rows: formatInteger(rows),
        seen: formatInteger(seen),
    });
}

function Columns({ view, personal, busy, onDecide }: ActProps & { view: View; personal: PersonalData }) {
    const { t } = useTranslation();
    const open = toLeaveOut(personal.columns);
    return (
        <Stack gap={40} maw={920}>
            <Section
                title={t('privacy:ui.title')}
                text={<Scope personal={personal} />}
                action={
                    open.length > 0 && (
                        <Button
                            disabled={busy}
                            onClick={() =>
                                onDecide(open.map(({ column }) => ({ column, action: 'drop', reason: '' })))
                            }
                        >
                            {t('privacy:ui.gate.leave_out')}
                        </Button>
                    )
                }
            >
                {personal.columns.length === 0 && personal.scanned && <Text>{t('privacy:ui.nothing')}</Text>}
                <Stack gap="md">
                    {personal.columns.map((column) => (
                        <ColumnCard key={column.column} column={column} busy={busy} onDecide={onDecide} />
                    ))}
                </Stack>
            </Section>
            <AnonymityPart view={view} personal={personal} />
            <CostPart view={view} personal={personal} />
            <History history={personal.history} />
        </Stack>
    );
}

/** The tab "Personal data": what was found, what was decided, and ways to protect people. */
export function PersonalPart({ view }: { view: View }) {
    const personal = usePersonal(view.dataset.id, view.dataset.current_version_id ?? null);
    const decide = useDecide(view.dataset.id);
    const busy = decide.isPending || view.dataset.state === 'cleaning';
    return (
        <Stack gap="lg">
            {decide.error && <ErrorNote error={decide.error} />}
            <Loaded query={personal}>
                {(data) => (
                    <Columns
                        view={view}
                        personal={data}
                        busy={busy}
                        onDecide={(wish) => decide.mutate(wish)}
                    />
                )}
            </Loaded>
        </Stack>
    );
}
