import { ScrollArea, Table } from '@mantine/core';
import type { ReactNode } from 'react';

export interface Column<T> {
    key: string;
    head: ReactNode;
    cell: (row: T) => ReactNode;
    number?: boolean;
    rowHead?: boolean;
}

interface DataTableProps<T> {
    label: string;
    rows: readonly T[];
    columns: Column<T>[];
    rowKey: (row: T, index: number) => string | number;
    minWidth?: number;
}

/** A real table with a name, column heads and row heads; it scrolls by itself on a narrow screen. */
export function DataTable<T>({ label, rows, columns, rowKey, minWidth = 480 }: DataTableProps<T>) {
    return (
        <ScrollArea
            className="card"
            type="auto"
            viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}
        >
            <Table aria-label={label} miw={minWidth} verticalSpacing="sm" horizontalSpacing="md">
                <Table.Thead>
                    <Table.Tr>
                        {columns.map((column) => (
                            <Table.Th
                                key={column.key}
                                scope="col"
                                className={column.number ? 'number' : undefined}
                            >
                                {column.head}
                            </Table.Th>
                        ))}
                    </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                    {rows.map((row, index) => (
                        <Table.Tr key={rowKey(row, index)}>
                            {columns.map((column) => {
                                const className = column.number ? 'number' : undefined;
                                return column.rowHead ? (
                                    <Table.Th key={column.key} scope="row" className={className} fw={600}>
                                        {column.cell(row)}
                                    </Table.Th>
                                ) : (
                                    <Table.Td key={column.key} className={className}>
                                        {column.cell(row)}
                                    </Table.Td>
                                );
                            })}
                        </Table.Tr>
                    ))}
                </Table.Tbody>
            </Table>
        </ScrollArea>
    );
}
