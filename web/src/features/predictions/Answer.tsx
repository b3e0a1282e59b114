import { Alert, List, Progress, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatNumber, formatPercent } from '../../lib/format';
import type { Prediction } from './queries';

/** The answer, how sure it is, and what to be careful about. */
export function Answer({ target, prediction }: { target: string; prediction: Prediction | undefined }) {
    const { t } = useTranslation();
    if (!prediction) return <Text c="dimmed">{t('predictions:ui.answer.waiting')}</Text>;
    const { prediction: value, probabilities, warnings } = prediction;
    const text = typeof value === 'number' ? formatNumber(value, 5) : String(value);
    const shares = Object.entries(probabilities).toSorted((a, b) => b[1] - a[1]);
    return (
        <Stack>
            <p className="sentence" style={{ margin: 0 }}>
                {t('predictions:ui.answer.value', { target, value: text })}
            </p>
            {shares.length > 0 && (
                <Table aria-label={t('predictions:ui.answer.probabilities')}>
                    <Table.Thead>
                        <Table.Tr>
                            <Table.Th scope="col">{t('predictions:ui.answer.class')}</Table.Th>
                            <Table.Th scope="col" className="number">
                                {t('predictions:ui.answer.share')}
                            </Table.Th>
                        </Table.Tr>
                    </Table.Thead>
                    <Table.Tbody>
                        {shares.slice(0, 10).map(([name, share]) => (
                            <Table.Tr key={name}>
                                <Table.Th scope="row">{name}</Table.Th>
                                <Table.Td className="number" w="55%">
                                    {formatPercent(share, 1)}
                                    <Progress value={share * 100} aria-hidden size="sm" mt={2} />
                                </Table.Td>
                            </Table.Tr>
                        ))}
                    </Table.Tbody>
                </Table>
            )}
            {warnings.length > 0 && (
                <Alert color="var(--csva-warn)" variant="outline" title={t('predictions:ui.warning.title')}>
                    <List size="sm">
                        {warnings.map((warning) => (
                            <List.Item key={warning.code + warning.column}>
                                {t(`predictions:ui.warning.${warning.code}`, { column: warning.column })}
                            </List.Item>
                        ))}
                    </List>
                </Alert>
            )}
        </Stack>
    );
}
