import { Button, Group, NumberInput, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../lib/format';
import type { Cell, FormField, Row } from './queries';

/** The typical value as the form's field holds it. */
export function typicalOf({ type, typical }: FormField): Cell {
    if (typical === '') return null;
    if (type === 'integer' || type === 'real') {
        const number = Number(typical);
        return Number.isFinite(number) ? Number(number.toPrecision(6)) : null;
    }
    if (type === 'boolean') return typical === 'true';
    return type === 'timestamp' ? typical.replace(' ', 'T') : typical;
}

/** What a plain HTML form sent for the field, as the form's field holds it. */
function cellOf({ type }: FormField, text: string): Cell {
    if (text === '') return null;
    if (type === 'integer' || type === 'real') {
        const number = Number(text.replace(',', '.'));
        return Number.isFinite(number) ? number : null;
    }
    return type === 'boolean' ? text === 'true' : text;
}

/** The row behind the # of the address, where a plain HTML form left it; null: there is none. */
export function rowFromHash(fields: FormField[], hash: string): Row | null {
    const sent = new URLSearchParams(hash.replace(/^#/, ''));
    if (!fields.some((field) => sent.has(field.column))) return null;
    return Object.fromEntries(
        fields.map((field) => [field.column, cellOf(field, sent.get(field.column) ?? '')]),
    );
}

interface FieldProps {
    field: FormField;
    value: Cell;
    onChange: (value: Cell) => void;
}

function NumberField({ field, value, onChange }: FieldProps) {
    const { t, i18n } = useTranslation();
    const { low, high } = field;
    const range =
        high > low
            ? t('predictions:ui.range', { low: formatNumber(low), high: formatNumber(high) })
            : undefined;
    return (
        <NumberInput
            label={field.column}
            description={range}
            placeholder={t('predictions:ui.unknown')}
            allowDecimal={!field.whole}
            decimalSeparator={i18n.language === 'fr' ? ',' : '.'}
            value={typeof value === 'number' ? value : ''}
            onChange={(next) => onChange(next === '' ? null : Number(next))}
        />
    );
}

/** One field with the widget that fits its column. */
function Field({ field, value, onChange }: FieldProps) {
    const { t } = useTranslation();
    if (field.type === 'integer' || field.type === 'real')
        return <NumberField field={field} value={value} onChange={onChange} />;
    if (field.type === 'boolean') {
        return (
            <Select
                label={field.column}
                placeholder={t('predictions:ui.unknown')}
                clearable
                value={value === null ? null : String(value)}
                data={[
                    { value: 'true', label: t('base:ui.yes') },
                    { value: 'false', label: t('base:ui.no') },
                ]}
                onChange={(next) => onChange(next === null ? null : next === 'true')}
            />
        );
    }
    if (field.categories.length > 0) {
        return (
            <Select
                label={field.column}
                placeholder={t('predictions:ui.unknown')}
                clearable
                searchable={field.categories.length > 8}
                value={value === null ? null : String(value)}
                data={field.categories}
                onChange={onChange}
            />
        );
    }
    const type = { date: 'date', timestamp: 'datetime-local', time: 'time' }[field.type as string] ?? 'text';
    const example =
        field.typical === '' ? undefined : t('predictions:ui.example', { example: field.typical });
    return (
        <TextInput
            label={field.column}
            type={type}
            description={type === 'text' ? example : undefined}
            placeholder={t('predictions:ui.unknown')}
            value={value === null ? '' : String(value)}
            onChange={(event) =>
                onChange(event.currentTarget.value === '' ? null : event.currentTarget.value)
            }
        />
    );
}

/** A form made from the model: it starts with the given row, else with a typical one. */
export function RowForm({
    fields,
    first,
    busy,
    onRow,
}: {
    fields: FormField[];
    first: Row | null;
    busy: boolean;
    onRow: (row: Row) => void;
}) {
    const { t } = useTranslation();
    const [row, setRow] = useState<Row>(
        () => first ?? Object.fromEntries(fields.map((field) => [field.column, typicalOf(field)])),
    );
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        onRow(row);
    };
    return (
        <form onSubmit={submit}>
            <Stack gap="lg">
                <SimpleGrid cols={{ base: 1, sm: 2 }} style={{ alignItems: 'end' }}>
                    {fields.map((field) => (
                        <Field
                            key={field.column}
                            field={field}
                            value={row[field.column] ?? null}
                            onChange={(value) => setRow({ ...row, [field.column]: value })}
                        />
                    ))}
                </SimpleGrid>
                <Group>
                    <Button type="submit" size="md" loading={busy}>
                        {t('predictions:ui.submit')}
                    </Button>
                </Group>
            </Stack>
        </form>
    );
}
