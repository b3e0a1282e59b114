import { ScrollArea, Table } from '@mantine/core';
import type { ReactNode } from 'react';

export interface Column<T> {
    key: string;
    head: ReactNode;
    cell: (row: T) => ReactNode;
    number?: boolean;
    /** Sentences: on a narrow screen below their head, not beside it. */
    prose?: boolean;
    rowHead?: boolean;
}

export interface DataTableProps<T> {
    label: string;
    rows: readonly T[];
    columns: Column<T>[];
    rowKey: (row: T, index: number) => string | number;
    minWidth?: number;
}

/**
 * A real table with a name, column heads and row heads. On a narrow screen each row becomes a block of its own, its
 * heads beside its cells; the roles are written out because a browser forgets those of a table shown as blocks.
 */
export function DataTable<T>({ label, rows, columns, rowKey, minWidth = 480 }: DataTableProps<T>) {
    const style = { '--table-width': `${minWidth}px` } as React.CSSProperties;
    return (
        <ScrollArea
            className="card"
            type="auto"
            viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}
        >
            <Table
                aria-label={label}
                role="table"
                className="data-table"
                style={style}
                verticalSpacing="sm"
                horizontalSpacing="md"
            >
                <Table.Thead role="rowgroup">
                    <Table.Tr role="row">
                        {columns.map((column) => (
                            <Table.Th
                                key={column.key}
                                scope="col"
                                role="columnheader"
                                className={column.number ? 'number' : undefined}
                            >
                                {column.head}
                            </Table.Th>
                        ))}
                    </Table.Tr>
                </Table.Thead>
                <Table.Tbody role="rowgroup">
                    {rows.map((row, index) => (
                        <Table.Tr key={rowKey(row, index)} role="row">
                            {columns.map((column) => {
                                const className = column.number
                                    ? 'number'
                                    : column.prose
                                      ? 'prose'
                                      : undefined;
                                return column.rowHead ? (
                                    <Table.Th
                                        key={column.key}
                                        scope="row"
                                        role="rowheader"
                                        className={className}
                                        fw={600}
                                    >
                                        {column.cell(row)}
                                    </Table.Th>
                                ) : (
                                    <Table.Td key={column.key} role="cell" className={className}>
                                        <span className="cell-head" aria-hidden="true">
                                            {column.head}
                                        </span>
                                        <div className="cell-value">{column.cell(row)}</div>
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
