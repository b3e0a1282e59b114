import { Button, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ErrorNote } from '../../components/States';
import { formatNames } from '../../lib/format';
import { useDecide, type PersonalData } from './queries';
import { kindsOf, toLeaveOut } from './texts';

interface GateProps {
    datasetId: number;
    personal: PersonalData;
    target: string;
}

/** What stands before a training while nobody has decided about personal columns: one click leaves them out. */
export function PersonalGate({ datasetId, personal, target }: GateProps) {
    const { t } = useTranslation();
    const decide = useDecide(datasetId);
    const open = personal.columns.filter(({ state }) => state === 'undecided');
    const out = personal.columns.filter(({ state }) => state === 'dropped').map(({ column }) => column);
    if (open.length === 0) {
        return out.length === 0 ? null : (
            <Text size="sm" c="dimmed">
                {t('privacy:ui.gate.out', { columns: formatNames(out, 6) })}
            </Text>
        );
    }
    const leaving = toLeaveOut(personal.columns, target);
    const ofTarget = open.some(({ column }) => column === target);
    return (
        <Stack className="card" p="md" gap="sm" role="group" aria-label={t('privacy:ui.gate.title')}>
            <Text fw={600}>{t('privacy:ui.gate.title')}</Text>
            <ul className="plain-list">
                {open.map((column) => (
                    <li key={column.column}>
                        {t('privacy:ui.gate.column', { column: column.column, kinds: kindsOf(t, column) })}
                    </li>
                ))}
            </ul>
            {ofTarget && <Text size="sm">{t('privacy:ui.gate.target', { target })}</Text>}
            {decide.error && <ErrorNote error={decide.error} />}
            <Group>
                {leaving.length > 0 && (
                    <Button
                        loading={decide.isPending}
                        onClick={() =>
                            decide.mutate(
                                leaving.map(({ column }) => ({ column, action: 'drop', reason: '' })),
                            )
                        }
                    >
                        {t('privacy:ui.gate.leave_out')}
                    </Button>
                )}
                <Button component={Link} to="?tab=personal" variant="default">
                    {t('privacy:ui.gate.one_by_one')}
                </Button>
            </Group>
        </Stack>
    );
}
