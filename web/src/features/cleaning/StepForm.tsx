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
import { nameOf, optionWord } from './steps';

type Value = string | number | boolean | null;
type Option = StepInfo['options'][number];

function OptionField({
    option,
    value,
    onChange,
}: {
    option: Option;
    value: Value;
    onChange: (value: Value) => void;
}) {
    const { t, i18n } = useTranslation();
    const key = `cleaning:ui.option.${option.name}`;
    const label = i18n.exists(key) ? t(key) : option.name;
    if (option.choices.length > 0) {
        return (
            <Select
                label={label}
                required={option.required}
                withAsterisk={false}
                value={value === null ? null : String(value)}
                data={option.choices.map((choice) => ({
                    value: choice,
                    label: optionWord(t, choice, (k) => i18n.exists(k)),
                }))}
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
            value={value === null ? '' : String(value)}
            onChange={(event) => onChange(event.currentTarget.value)}
        />
    );
}

/** Any step of the catalogue, its form made from what the catalogue says of it. */
export function StepForm({
    steps,
    view,
    busy,
    onStep,
}: {
    steps: StepInfo[];
    view: View;
    busy: boolean;
    onStep: (step: Step) => void;
}) {
    const { t, i18n } = useTranslation();
    const [chosen, setChosen] = useState<string | null>(null);
    const [columns, setColumns] = useState<string[]>([]);
    const [options, setOptions] = useState<Record<string, Value>>({});
    const info = steps.find((step) => step.step === chosen);
    const word = (name: string) =>
        i18n.exists(`cleaning:ui.step.${name}`) ? t(`cleaning:ui.step.${name}`) : name;
    const fitting = view.columns.filter(
        (column) => !info?.column_types.length || info.column_types.includes(column.type),
    );
    const choose = (step: string | null) => {
        setChosen(step);
        setColumns([]);
        setOptions({});
    };
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        const given = Object.fromEntries(
            Object.entries(options).filter(([, value]) => value !== null && value !== ''),
        );
        if (info) onStep({ step: info.step, columns, options: given });
    };
    const why = info && `cleaning:ui.help.${nameOf(info.step)}`;
    return (
        <form onSubmit={submit}>
            <Stack maw={520}>
                <Select
                    label={t('cleaning:ui.what')}
                    placeholder={t('cleaning:ui.choose')}
                    value={chosen}
                    data={steps.map((step) => ({ value: step.step, label: word(nameOf(step.step)) }))}
                    onChange={choose}
                />
                {info && (
                    <>
                        {why && i18n.exists(why) && (
                            <Text size="sm" c="dimmed">
                                {t(why)}
                            </Text>
                        )}
                        <MultiSelect
                            label={t('cleaning:ui.columns')}
                            description={t('cleaning:ui.columns_text')}
                            searchable
                            value={columns}
                            data={fitting.map((column) => column.name)}
                            onChange={setColumns}
                        />
                        {info.options.map((option) => (
                            <OptionField
                                key={option.name}
                                option={option}
                                value={options[option.name] ?? null}
                                onChange={(value) => setOptions({ ...options, [option.name]: value })}
                            />
                        ))}
                    </>
                )}
                <Group>
                    <Button type="submit" variant="default" disabled={!info} loading={busy}>
                        {t('cleaning:ui.apply')}
                    </Button>
                </Group>
            </Stack>
        </form>
    );
}
