import { Button, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DataTable, type DataTableProps } from '../../components/DataTable';

/** A table that shows its first rows, and all of them when asked. */
export function Shortened<T>({ rows, most, ...table }: DataTableProps<T> & { most: number }) {
    const { t } = useTranslation();
    const [all, setAll] = useState(false);
    return (
        <Stack gap="sm">
            <DataTable {...table} rows={all ? rows : rows.slice(0, most)} />
            {rows.length > most && (
                <div>
                    <Button variant="default" size="xs" onClick={() => setAll(!all)}>
                        {t(all ? 'monitoring:ui.fewer' : 'monitoring:ui.all', { count: rows.length })}
                    </Button>
                </div>
            )}
        </Stack>
    );
}
