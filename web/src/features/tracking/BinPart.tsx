import { Button, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { DataTable } from '../../components/DataTable';
import { Section } from '../../components/Section';
import { ErrorNote, Loaded, Notice } from '../../components/States';
import { formatBytes } from '../../lib/format';
import { useBin, useEmptyBin, useRemoveFromBin, useRestoreFromBin, type BinItem } from './queries';

function BinTable({ items }: { items: BinItem[] }) {
    const { t } = useTranslation();
    const restore = useRestoreFromBin();
    const remove = useRemoveFromBin();
    const error = restore.error ?? remove.error;
    return (
        <Stack>
            {error && <ErrorNote error={error} />}
            {remove.data && (
                <Text role="status">
                    {t('tracking:ui.bin.freed', { size: formatBytes(remove.data.freed_bytes) })}
                </Text>
            )}
            <DataTable
                label={t('tracking:ui.bin.title')}
                rows={items}
                rowKey={(item) => `${item.kind} ${item.id}`}
                columns={[
                    {
                        key: 'name',
                        head: t('tracking:ui.runs.name'),
                        rowHead: true,
                        cell: (item) => item.name,
                    },
                    {
                        key: 'kind',
                        head: t('tracking:ui.bin.kind'),
                        cell: (item) => t(`tracking:ui.bin.kinds.${item.kind}`),
                    },
                    {
                        key: 'size',
                        head: t('tracking:ui.files.size'),
                        number: true,
                        cell: (item) => formatBytes(item.size_bytes),
                    },
                    {
                        key: 'do',
                        head: t('tracking:ui.bin.actions'),
                        cell: (item) => (
                            <Group gap="xs">
                                <Button
                                    variant="default"
                                    size="xs"
                                    aria-label={t('tracking:ui.bin.restore_one', { name: item.name })}
                                    loading={restore.isPending && restore.variables === item}
                                    onClick={() => restore.mutate(item)}
                                >
                                    {t('tracking:ui.bin.restore')}
                                </Button>
                                <Button
                                    color="red.9"
                                    size="xs"
                                    aria-label={t('tracking:ui.bin.remove_one', { name: item.name })}
                                    loading={remove.isPending && remove.variables === item}
                                    onClick={() => remove.mutate(item)}
                                >
                                    {t('tracking:ui.bin.remove')}
                                </Button>
                            </Group>
                        ),
                    },
                ]}
            />
        </Stack>
    );
}

/** What was deleted, until it is deleted for good. */
export function BinPart() {
    const { t } = useTranslation();
    const bin = useBin();
    const empty = useEmptyBin();
    return (
        <Stack gap={48}>
            <Section title={t('tracking:ui.bin.title')} text={t('tracking:ui.bin.text')}>
                {empty.data && (
                    <Text role="status">
                        {t('tracking:ui.bin.freed', { size: formatBytes(empty.data.freed_bytes) })}
                        {empty.data.kept > 0 && ` ${t('tracking:ui.bin.kept', { count: empty.data.kept })}`}
                    </Text>
                )}
                <Loaded query={bin}>
                    {(data) =>
                        data.items.length === 0 ? (
                            <Notice title={t('tracking:ui.bin.none')} />
                        ) : (
                            <BinTable items={data.items} />
                        )
                    }
                </Loaded>
            </Section>
            {(bin.data?.items.length ?? 0) > 0 && (
                <ConfirmDelete
                    title={t('tracking:ui.bin.empty')}
                    text={t('tracking:ui.bin.empty_text')}
                    confirm={t('tracking:ui.bin.sure')}
                    submit={t('tracking:ui.bin.empty')}
                    error={empty.error}
                    busy={empty.isPending}
                    onDelete={() => empty.mutate()}
                />
            )}
        </Stack>
    );
}
