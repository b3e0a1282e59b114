import {
    Accordion,
    Button,
    Group,
    MultiSelect,
    NumberInput,
    Radio,
    Select,
    SimpleGrid,
    Stack,
    Text,
} from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Section } from '../../components/Section';
import { ErrorNote } from '../../components/States';
import type { View } from '../datasets/queries';
import { PersonalGate } from '../privacy/PersonalGate';
import { usePersonal } from '../privacy/queries';
import type { Candidate, Preset, Task, TrainRequest } from './queries';
import { modelLabel } from './scores';

const presets: Preset[] = ['quick', 'solid', 'best'];
/** Seconds, as the presets' texts say. Reading and deciding come on top: a quick look is to end within 30 in all. */
const budgets: Record<Preset, number> = { quick: 20, solid: 120, best: 600 };
const families = {
    classification: [
        'LogisticRegression',
        'RandomForestClassifier',
        'ExtraTreesClassifier',
        'GradientBoostingClassifier',
    ],
    regression: [
        'LinearRegression',
        'RandomForestRegressor',
        'ExtraTreesRegressor',
        'GradientBoostingRegressor',
    ],
};

type Options = NonNullable<TrainRequest['options']>;
type NumberOption = 'trees' | 'leaves' | 'learning_rate' | 'folds' | 'seed';
const limits: Record<NumberOption, [number, number]> = {
    trees: [1, 10000],
    leaves: [2, 4096],
    learning_rate: [0.0001, 1],
    folds: [2, 20],
    seed: [0, 1e9],
};

interface AdvancedProps {
    wish: TrainRequest;
    task: Task;
    onChange: (wish: TrainRequest) => void;
}

function Advanced({ wish, task, onChange }: AdvancedProps) {
    const { t } = useTranslation();
    const options: Options = wish.options ?? {};
    const set = (change: Partial<Options>) => onChange({ ...wish, options: { ...options, ...change } });
    const tasks: Task[] = ['automatic', 'binary', 'multiclass', 'regression'];
    const names = task === 'regression' ? families.regression : families.classification;
    return (
        <SimpleGrid cols={{ base: 1, sm: 2 }} style={{ alignItems: 'end' }}>
            <Select
                label={t('training:ui.advanced.task')}
                allowDeselect={false}
                value={wish.task ?? 'automatic'}
                data={tasks.map((value) => ({
                    value,
                    label: t(`training:ui.advanced.task_${value === 'automatic' ? 'auto' : value}`),
                }))}
                onChange={(value) => onChange({ ...wish, task: value as Task })}
            />
            <NumberInput
                label={t('training:ui.advanced.budget')}
                min={1}
                max={86400}
                value={wish.budget_s || ''}
                onChange={(value) => onChange({ ...wish, budget_s: Number(value) || 0 })}
            />
            <MultiSelect
                label={t('training:ui.advanced.families')}
                description={t('training:ui.advanced.families_text')}
                value={options.families ?? []}
                data={names.map((name) => ({ value: name, label: modelLabel(t, name) }))}
                onChange={(value) => set({ families: value })}
            />
            {(Object.keys(limits) as NumberOption[]).map((name) => (
                <NumberInput
                    key={name}
                    label={t(`training:ui.advanced.${name}`)}
                    description={t(`training:ui.advanced.${name}_text`)}
                    min={limits[name][0]}
                    max={limits[name][1]}
                    allowDecimal={name === 'learning_rate'}
                    step={name === 'learning_rate' ? 0.01 : 1}
                    value={options[name] ?? ''}
                    onChange={(value) => set({ [name]: value === '' ? undefined : Number(value) })}
                />
            ))}
        </SimpleGrid>
    );
}

interface TrainFormProps {
    view: View;
    candidates: Candidate[];
    busy: boolean;
    error: unknown;
    onTrain: (wish: TrainRequest) => void;
}

/** One sentence to confirm, one choice of effort, everything else folded away. */
export function TrainForm({ view, candidates, busy, error, onTrain }: TrainFormProps) {
    const { t } = useTranslation();
    const personal = usePersonal(view.dataset.id, view.dataset.current_version_id ?? null);
    const [wish, setWish] = useState<TrainRequest>({
        target: '',
        preset: 'quick',
        budget_s: budgets.quick,
    });
    const target = wish.target || candidates[0]?.column || '';
    const known = candidates.find((candidate) => candidate.column === target);
    const task = wish.task && wish.task !== 'automatic' ? wish.task : (known?.task ?? 'automatic');
    const others = view.columns
        .map((column) => column.name)
        .filter((name) => !candidates.some((row) => row.column === name));
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        onTrain({ ...wish, target, budget_s: wish.budget_s || budgets[wish.preset ?? 'quick'] });
    };
    return (
        <form onSubmit={submit}>
            <Section title={t('training:ui.targets.title')} text={t('training:ui.targets.text')}>
                <Stack gap="lg" maw={760}>
                    {error !== null && <ErrorNote error={error} />}
                    <Select
                        label={t('training:ui.target.label')}
                        placeholder={t('training:ui.target.choose')}
                        searchable
                        allowDeselect={false}
                        maw={420}
                        value={target || null}
                        data={[...candidates.map((candidate) => candidate.column), ...others]}
                        onChange={(value) => setWish({ ...wish, target: value ?? '' })}
                    />
                    {target && (
                        <p className="sentence" style={{ margin: 0 }} aria-live="polite">
                            {t('training:ui.sentence', {
                                target,
                                task: t(`training:ui.task.${task}`),
                                count: view.columns.length - 1,
                                rows: view.dataset.rows ?? 0,
                            })}
                        </p>
                    )}
                    <Radio.Group
                        label={t('training:ui.preset.label')}
                        value={wish.preset}
                        onChange={(value) =>
                            setWish({
                                ...wish,
                                preset: value as Preset,
                                budget_s: budgets[value as Preset],
                            })
                        }
                    >
                        <SimpleGrid cols={{ base: 1, sm: 3 }} mt="xs">
                            {presets.map((preset) => (
                                <Radio.Card
                                    key={preset}
                                    value={preset}
                                    p="md"
                                    bg="var(--mantine-color-body)"
                                    aria-label={`${t(`training:ui.preset.${preset}`)}. ${t(`training:ui.preset.${preset}_text`)}`}
                                >
                                    <Group wrap="nowrap" align="flex-start">
                                        <Radio.Indicator />
                                        <div>
                                            <Text fw={600}>{t(`training:ui.preset.${preset}`)}</Text>
                                            <Text size="sm" c="dimmed">
                                                {t(`training:ui.preset.${preset}_text`)}
                                            </Text>
                                        </div>
                                    </Group>
                                </Radio.Card>
                            ))}
                        </SimpleGrid>
                    </Radio.Group>
                    {personal.data && (
                        <PersonalGate datasetId={view.dataset.id} personal={personal.data} target={target} />
                    )}
                    <Group>
                        <Button
                            type="submit"
                            size="md"
                            disabled={!target || (personal.data?.undecided ?? 0) > 0}
                            loading={busy}
                        >
                            {t('training:ui.start')}
                        </Button>
                    </Group>
                    <Accordion variant="default" chevronPosition="left">
                        <Accordion.Item value="advanced" style={{ border: 0 }}>
                            <Accordion.Control px={0}>
                                <Text size="sm">{t('training:ui.advanced')}</Text>
                            </Accordion.Control>
                            <Accordion.Panel>
                                <Advanced wish={wish} task={task} onChange={setWish} />
                            </Accordion.Panel>
                        </Accordion.Item>
                    </Accordion>
                </Stack>
            </Section>
        </form>
    );
}
