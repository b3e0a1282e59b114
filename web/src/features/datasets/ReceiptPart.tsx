import { Anchor, List, Stack, Text } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { DataTable } from '../../components/DataTable';
import { Section } from '../../components/Section';
import { TypeBadge } from '../exploring/ColumnsPart';
import { formatBytes, formatInteger, quoted } from '../../lib/format';
import { textOr } from '../../lib/i18n';
import { rejectsPath, type Receipt } from './queries';

function delimiterWord(delimiter: string): string {
    return (
        { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar', ' ': 'space', '': 'none' }[delimiter] ??
        'other'
    );
}

function RowsSentence({ receipt }: { receipt: Receipt }) {
    const { t } = useTranslation();
    const { rows_in: all, rows_kept: kept, rows_rejected: rejected } = receipt;
    return (
        <p className="sentence" style={{ margin: 0 }}>
            {t(rejected === 0 ? 'datasets:ui.receipt.all_kept' : 'datasets:ui.receipt.some_rejected', {
                all,
                kept,
                rejected,
            })}
        </p>
    );
}

function HowRead({ receipt }: { receipt: Receipt }) {
    const { t } = useTranslation();
    const {
        dialect,
        remark_lines: remarks = 0,
        rows_repaired: repaired = 0,
        first_repairs: repairs = [],
    } = receipt;
    const lines = [
        t('datasets:ui.receipt.encoding', { encoding: dialect.encoding }),
        t('datasets:ui.receipt.delimiter', {
            word: t(`datasets:ui.receipt.delimiters.${delimiterWord(dialect.delimiter)}`, {
                sign: dialect.delimiter,
            }),
        }),
        t(dialect.header ? 'datasets:ui.receipt.header' : 'datasets:ui.receipt.no_header'),
    ];
    if (dialect.skipped_lines > 0)
        lines.push(t('datasets:ui.receipt.skipped', { count: dialect.skipped_lines }));
    if (receipt.blank_lines > 0) lines.push(t('datasets:ui.receipt.blank', { count: receipt.blank_lines }));
    if (remarks > 0) lines.push(t('datasets:ui.receipt.remarks', { count: remarks }));
    if (repaired > 0)
        lines.push(
            t('datasets:ui.receipt.repaired', {
                count: repaired,
                lines: repairs
                    .slice(0, 8)
                    .map((repair) => formatInteger(repair.line))
                    .join(', '),
            }),
        );
    if (receipt.renamed.length > 0)
        lines.push(t('datasets:ui.receipt.renamed', { names: receipt.renamed.join(', ') }));
    return (
        <List spacing={4}>
            {lines.map((line) => (
                <List.Item key={line}>{line}</List.Item>
            ))}
        </List>
    );
}

function Rejects({ id, receipt }: { id: number; receipt: Receipt }) {
    const { t } = useTranslation();
    if (receipt.rows_rejected === 0) return null;
    return (
        <Section
            title={t('datasets:ui.rejects.title')}
            text={t('datasets:ui.rejects.text')}
            action={
                <Anchor href={rejectsPath(id)} download>
                    {t('datasets:ui.rejects.download')}
                </Anchor>
            }
        >
            <DataTable
                label={t('datasets:ui.rejects.title')}
                rows={receipt.reject_counts}
                rowKey={(row) => row.reason}
                minWidth={300}
                columns={[
                    {
                        key: 'reason',
                        head: t('datasets:ui.rejects.reason'),
                        rowHead: true,
                        cell: (row) => t(`datasets:ui.rejects.reasons.${row.reason}`),
                    },
                    {
                        key: 'rows',
                        head: t('datasets:ui.list.rows'),
                        number: true,
                        cell: (row) => formatInteger(row.rows),
                    },
                    {
                        key: 'lines',
                        head: t('datasets:ui.rejects.lines'),
                        cell: (row) =>
                            receipt.first_rejects
                                .filter((reject) => reject.reason === row.reason)
                                .slice(0, 8)
                                .map((reject) => formatInteger(reject.line))
                                .join(', '),
                    },
                ]}
            />
        </Section>
    );
}

/** 31 December 2026, 23:59:58 as a form of dates writes it. */
function dateExample(form: string): string {
    const parts: Record<string, string> = { d: '31', m: '12', Y: '2026', y: '26', H: '23', M: '59', S: '58' };
    return form.replace(/%([dmYyHMS])/g, (_, part: string) => parts[part]!);
}

/** What was found in a column, in words: a type, a mark, a form of dates, a word for nothing. */
function foundWords(row: Receipt['evidence'][number], t: TFunction): string {
    const found = {
        type: textOr(t, `exploring:ui.type.${row.found}`, row.found),
        date_order: dateExample(row.found),
    }[row.about];
    const words = { found: found ?? quoted(row.found) };
    return textOr(t, `datasets:ui.evidence.about.${row.about}`, row.found, words);
}

function evidenceText(receipt: Receipt, column: string, t: TFunction): string {
    return receipt.evidence
        .filter((row) => row.column === column)
        .map((row) =>
            t(row.count_against > 0 ? 'datasets:ui.evidence.mixed' : 'datasets:ui.evidence.clear', {
                found: foundWords(row, t),
                yes: row.count_for,
                no: row.count_against,
            }),
        )
        .join(' ');
}

function ColumnTypes({ receipt }: { receipt: Receipt }) {
    const { t } = useTranslation();
    const kept = new Map(receipt.kept_as_text.map((row) => [row.column, row]));
    return (
        <Section title={t('datasets:ui.receipt.columns')} text={t('datasets:ui.receipt.columns_text')}>
            <DataTable
                label={t('datasets:ui.receipt.columns')}
                rows={receipt.columns}
                rowKey={(row) => row.physical}
                minWidth={560}
                columns={[
                    { key: 'name', head: t('datasets:ui.list.name'), rowHead: true, cell: (row) => row.name },
                    {
                        key: 'type',
                        head: t('datasets:ui.receipt.read_as'),
                        cell: (row) => <TypeBadge type={row.type} />,
                    },
                    {
                        key: 'why',
                        head: t('datasets:ui.receipt.why'),
                        cell: (row) => {
                            const reason = kept.get(row.name);
                            const text = evidenceText(receipt, row.name, t);
                            return reason
                                ? `${t(`datasets:ui.kept.${reason.reason}`, { count: reason.cells })} ${text}`
                                : text || '–';
                        },
                    },
                ]}
            />
        </Section>
    );
}

/** How the file was read, with the evidence: nothing is lost without being counted here. */
export function ReceiptPart({ id, receipt }: { id: number; receipt: Receipt }) {
    const { t, i18n } = useTranslation();
    const notes = receipt.notes.map((note) => `reading:notes.${note}`).filter((key) => i18n.exists(key));
    return (
        <Stack gap="xl">
            <RowsSentence receipt={receipt} />
            <Section title={t('datasets:ui.receipt.how')}>
                <HowRead receipt={receipt} />
                {notes.map((key) => (
                    <Text key={key}>{t(key)}</Text>
                ))}
            </Section>
            <Rejects id={id} receipt={receipt} />
            <ColumnTypes receipt={receipt} />
            <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                {t('datasets:ui.receipt.file', { size: formatBytes(receipt.bytes), hash: receipt.sha256 })}
            </Text>
        </Stack>
    );
}
