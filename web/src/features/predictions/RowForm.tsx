import { Button, Group, NumberInput, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../lib/format';
import type { Cell, FormField, Row } from './queries';

interface FieldProps {
    field: FormField;
    value: Cell;
    onChange: (value: Cell) => void;
}

function NumberField({ field, value, onChange }: FieldProps) {
    const { t, i18n } = useTranslation();
    const { minimum, maximum } = field;
    const range =
        minimum != null && maximum != null
            ? t('predictions:ui.range', { low: formatNumber(minimum), high: formatNumber(maximum) })
            : undefined;
    return (
        <NumberInput
            label={field.name}
            description={range}
            placeholder={t('predictions:ui.unknown')}
            allowDecimal={field.type === 'real'}
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
                label={field.name}
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
    if (field.choices.length > 0) {
        return (
            <Select
                label={field.name}
                placeholder={t('predictions:ui.unknown')}
                clearable
                searchable={field.choices.length > 8}
                value={value === null ? null : String(value)}
                data={field.choices}
                onChange={onChange}
            />
        );
    }
    const type = { date: 'date', timestamp: 'datetime-local', time: 'time' }[field.type as string] ?? 'text';
    const example =
        field.example === null ? undefined : t('predictions:ui.example', { example: String(field.example) });
    return (
        <TextInput
            label={field.name}
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

/** A form made from the model: it starts with a typical row. */
export function RowForm({
    fields,
    busy,
    onRow,
}: {
    fields: FormField[];
    busy: boolean;
    onRow: (row: Row) => void;
}) {
    const { t } = useTranslation();
    const [row, setRow] = useState<Row>(() =>
        Object.fromEntries(fields.map((field) => [field.name, field.example])),
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
                            key={field.name}
                            field={field}
                            value={row[field.name] ?? null}
                            onChange={(value) => setRow({ ...row, [field.name]: value })}
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
