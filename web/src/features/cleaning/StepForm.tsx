import {
    Button,
    Group,
    MultiSelect,
    NumberInput,
    Select,
    Stack,
    Switch,
    Text,
    TextInput,
} from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { View } from '../datasets/queries';
import type { Step, StepInfo } from './queries';
import { choiceWord, optionApplies, optionName, stepName, stepText, typesFor } from './steps';

type Value = string | number | boolean | null;
type Option = StepInfo['options'][number];

/** Ways to write a day that people meet, each as the server names it. */
const dateForms: [string, string][] = [
    ['%Y-%m-%d', '2026-12-31'],
    ['%d/%m/%Y', '31/12/2026'],
    ['%m/%d/%Y', '12/31/2026'],
    ['%d.%m.%Y', '31.12.2026'],
    ['%d-%m-%Y', '31-12-2026'],
];

interface OptionFieldProps {
    option: Option;
    value: Value;
    onChange: (value: Value) => void;
}

function OptionField({ option, value, onChange }: OptionFieldProps) {
    const { t } = useTranslation();
    const label = optionName(t, option.name);
    if (option.name === 'date_format' || option.choices.length > 0) {
        const data =
            option.name === 'date_format'
                ? dateForms.map(([form, example]) => ({ value: form, label: example }))
                : option.choices.map((choice) => ({
                      value: choice,
                      label: choiceWord(t, option.name, choice),
                  }));
        return (
            <Select
                label={label}
                required={option.required}
                withAsterisk={false}
                clearable={!option.required}
                placeholder={option.required ? undefined : t('cleaning:ui.guess')}
                value={value === null ? null : String(value)}
                data={data}
                onChange={onChange}
            />
        );
    }
    if (option.type === 'boolean') {
        return (
            <Switch
                label={label}
                checked={value === true}
                onChange={(event) => onChange(event.currentTarget.checked)}
            />
        );
    }
    if (option.type === 'number') {
        return (
            <NumberInput
                label={label}
                value={typeof value === 'number' ? value : ''}
                onChange={(next) => onChange(next === '' ? null : Number(next))}
            />
        );
    }
    return (
        <TextInput
            label={label}
            required={option.required || option.name === 'value'}
            withAsterisk={false}
            value={value === null ? '' : String(value)}
            onChange={(event) => onChange(event.currentTarget.value)}
        />
    );
}

interface ColumnsFieldProps {
    info: StepInfo;
    names: string[];
    value: string[];
    onChange: (value: string[]) => void;
}

function ColumnsField({ info, names, value, onChange }: ColumnsFieldProps) {
    const { t } = useTranslation();
    if (info.columns_max === 1) {
        return (
            <Select
                label={t('cleaning:ui.column')}
                searchable
                required
                withAsterisk={false}
                value={value[0] ?? null}
                data={names}
                onChange={(name) => onChange(name === null ? [] : [name])}
            />
        );
    }
    return (
        <MultiSelect
            label={t('cleaning:ui.columns')}
            description={info.columns_min === 0 ? t('cleaning:ui.columns_text') : undefined}
            searchable
            required={info.columns_min > 0 && value.length === 0}
            withAsterisk={false}
            value={value}
            data={names}
            onChange={onChange}
        />
    );
}

interface StepFormProps {
    steps: StepInfo[];
    view: View;
    busy: boolean;
    onStep: (step: Step) => void;
}

/** Any step of the catalogue, its form made from what the catalogue says of it. */
export function StepForm({ steps, view, busy, onStep }: StepFormProps) {
    const { t } = useTranslation();
    const [chosen, setChosen] = useState<string | null>(null);
    const [columns, setColumns] = useState<string[]>([]);
    const [options, setOptions] = useState<Record<string, Value>>({});
    const info = steps.find((step) => step.step === chosen);
    const types = info ? typesFor(info, options) : [];
    const fitting = view.columns
        .filter((column) => types.length === 0 || types.includes(column.type))
        .map((column) => column.name);
    // A list of choices is no field that the browser itself would ask to fill in.
    const complete = info !== undefined && columns.length >= info.columns_min;
    const choose = (step: string | null) => {
        setChosen(step);
        setColumns([]);
        setOptions({});
    };
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        if (!info) return;
        const given = Object.entries(options).filter(
            ([name, value]) => value !== null && value !== '' && optionApplies(name, options),
        );
        onStep({
            step: info.step,
            columns: columns.filter((name) => fitting.includes(name)),
            options: Object.fromEntries(given),
        });
    };
    return (
        <form onSubmit={submit}>
            <Stack maw={520}>
                <Select
                    label={t('cleaning:ui.what')}
                    placeholder={t('cleaning:ui.choose')}
                    value={chosen}
                    data={steps.map(({ step }) => ({ value: step, label: stepName(t, step) }))}
                    onChange={choose}
                />
                {info && (
                    <>
                        <Text size="sm" c="dimmed">
                            {stepText(t, info.step)}
                        </Text>
                        {info.options
                            .filter((option) => optionApplies(option.name, options))
                            .map((option) => (
                                <OptionField
                                    key={option.name}
                                    option={option}
                                    value={options[option.name] ?? null}
                                    onChange={(value) => setOptions({ ...options, [option.name]: value })}
                                />
                            ))}
                        <ColumnsField info={info} names={fitting} value={columns} onChange={setColumns} />
                    </>
                )}
                <Group>
                    <Button type="submit" variant="default" disabled={!complete} loading={busy}>
                        {t('cleaning:ui.apply')}
                    </Button>
                </Group>
            </Stack>
        </form>
    );
}
