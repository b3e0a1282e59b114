import { Anchor, Button, Group, List } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Section } from '../../components/Section';
import { ErrorNote, Loaded } from '../../components/States';
import { formatBytes, formatDay, formatMoment } from '../../lib/format';
import { exportPath, useAskExport, useExports } from './queries';

/** A copy of all that is kept about oneself. */
export function MyData() {
    const { t } = useTranslation();
    const copies = useExports();
    const ask = useAskExport();
    return (
        <Section title={t('erasure:ui.export.title')} text={t('erasure:ui.export.text')}>
            {ask.error && <ErrorNote error={ask.error} />}
            <Loaded query={copies}>
                {(data) =>
                    data.exports.length > 0 && (
                        <List>
                            {data.exports.map((copy) => (
                                <List.Item key={copy.id}>
                                    {copy.state === 'succeeded' ? (
                                        <>
                                            <Anchor href={exportPath(copy.id)} download>
                                                {t('erasure:ui.export.download', {
                                                    date: formatMoment(copy.created_at),
                                                    size: formatBytes(copy.size_bytes),
                                                })}
                                            </Anchor>{' '}
                                            (
                                            {t('erasure:ui.export.until', {
                                                date: formatDay(copy.expires_at),
                                            })}
                                            )
                                        </>
                                    ) : (
                                        t(
                                            copy.state === 'queued'
                                                ? 'erasure:ui.export.queued'
                                                : 'erasure:ui.export.failed',
                                            { date: formatMoment(copy.created_at) },
                                        )
                                    )}
                                </List.Item>
                            ))}
                        </List>
                    )
                }
            </Loaded>
            <Group>
                <Button variant="default" loading={ask.isPending} onClick={() => ask.mutate()}>
                    {t('erasure:ui.export.ask')}
                </Button>
            </Group>
        </Section>
    );
}
