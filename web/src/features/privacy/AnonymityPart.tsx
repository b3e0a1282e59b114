import { Button, Group, MultiSelect, NumberInput, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DataTable } from '../../components/DataTable';
import { Section } from '../../components/Section';
import { ErrorNote } from '../../components/States';
import { formatInteger, formatPercent } from '../../lib/format';
import { useClean } from '../cleaning/queries';
import type { View } from '../datasets/queries';
import {
    hierarchyOf,
    levelCount,
    levelName,
    widthOf,
    type AnonymityAnswer,
    type AnonymityWish,
    type Hierarchy,
} from './anonymity';
import { useAnonymity, type PersonalData } from './queries';

const mostColumns = 8;

interface Wish {
    columns: string[];
    levels: Record<string, number | undefined>;
    k: number;
    l: number;
    sensitive: string;
    lost: number;
}

interface FigureRow {
    key: string;
    name: string;
    before: string;
    after: string;
}

function figureRows(t: TFunction, { plan, before, after }: AnonymityAnswer): FigureRow[] {
    const row = (key: string, first: string, second: string) => ({
        key,
        name: t(`privacy:ui.figure.${key}`),
        before: first,
        after: second,
    });
    const rows = [
        row('k', formatInteger(plan.before.k), formatInteger(plan.after.k)),
        row('lost', '0', formatInteger(plan.after.rows_lost)),
        row('information', formatPercent(0), formatPercent(plan.after.information_lost, 1)),
    ];
    if (plan.after.l > 0)
        rows.splice(1, 0, row('l', formatInteger(plan.before.l), formatInteger(plan.after.l)));
    const said = (question: string, answer: string, share: number) =>
        `${t(`privacy:ui.verdict.${question}.${answer}`)} (${formatPercent(share, 1)})`;
    rows.push(
        row(
            'single_out',
            said('single_out', before.single_out, plan.before.unique_ratio),
            said('single_out', after.single_out, plan.after.unique_ratio),
        ),
        row(
            'link',
            said('link', before.link, plan.before.match_ratio),
            said('link', after.link, plan.after.match_ratio),
        ),
        row(
            'infer',
            said('infer', before.infer, plan.before.guess_ratio),
            said('infer', after.infer, plan.after.guess_ratio),
        ),
    );
    return rows;
}

function Figures({ answer }: { answer: AnonymityAnswer }) {
    const { t } = useTranslation();
    return (
        <DataTable
            label={t('privacy:ui.figures')}
            rows={figureRows(t, answer)}
            rowKey={(row) => row.key}
            columns={[
                { key: 'name', head: t('privacy:ui.question'), rowHead: true, cell: (row) => row.name },
                { key: 'before', head: t('privacy:ui.before'), cell: (row) => row.before },
                { key: 'after', head: t('privacy:ui.after'), cell: (row) => row.after },
            ]}
        />
    );
}

interface LevelsProps {
    wish: Wish;
    answer: AnonymityAnswer;
    hierarchies: Record<string, Hierarchy>;
    onLevel: (column: string, level: number | undefined) => void;
}

function Levels({ wish, answer, hierarchies, onLevel }: LevelsProps) {
    const { t } = useTranslation();
    return (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
            {wish.columns.map((column, index) => {
                const hierarchy = hierarchies[column] ?? 'category';
                const name = (level: number) => levelName(t, hierarchy, level, widthOf(answer, column));
                const chosen = answer.plan.levels[index] ?? 0;
                const levels = Array.from({ length: levelCount[hierarchy] + 1 }, (_, level) => level).filter(
                    (level) => hierarchy !== 'category' || level !== 1,
                );
                return (
                    <Select
                        key={column}
                        label={column}
                        allowDeselect={false}
                        value={wish.levels[column] === undefined ? 'auto' : String(wish.levels[column])}
                        data={[
                            { value: 'auto', label: t('privacy:ui.level.auto', { level: name(chosen) }) },
                            ...levels.map((level) => ({ value: String(level), label: name(level) })),
                        ]}
                        onChange={(value) => onLevel(column, value === 'auto' ? undefined : Number(value))}
                    />
                );
            })}
        </SimpleGrid>
    );
}

interface FieldsProps {
    names: string[];
    wish: Wish;
    onChange: (change: Partial<Wish>) => void;
}

function Fields({ names, wish, onChange }: FieldsProps) {
    const { t } = useTranslation();
    return (
        <>
            <MultiSelect
                label={t('privacy:ui.quasi')}
                description={t('privacy:ui.quasi_text')}
                searchable
                maxValues={mostColumns}
                value={wish.columns}
                data={names.filter((name) => name !== wish.sensitive)}
                onChange={(columns) => onChange({ columns })}
            />
            <SimpleGrid cols={{ base: 1, sm: 4 }} style={{ alignItems: 'end' }}>
                <NumberInput
                    label={t('privacy:ui.k')}
                    min={1}
                    max={1000000}
                    value={wish.k}
                    onChange={(k) => onChange({ k: Number(k) || 1 })}
                />
                <NumberInput
                    label={t('privacy:ui.lost')}
                    min={0}
                    max={100}
                    suffix=" %"
                    value={wish.lost}
                    onChange={(lost) => onChange({ lost: Number(lost) || 0 })}
                />
                <Select
                    label={t('privacy:ui.sensitive')}
                    clearable
                    searchable
                    value={wish.sensitive || null}
                    data={names.filter((name) => !wish.columns.includes(name))}
                    onChange={(sensitive) =>
                        onChange({ sensitive: sensitive ?? '', l: sensitive ? wish.l : 1 })
                    }
                />
                <NumberInput
                    label={t('privacy:ui.l')}
                    min={1}
                    max={1000}
                    disabled={!wish.sensitive}
                    value={wish.l}
                    onChange={(l) => onChange({ l: Number(l) || 1 })}
                />
            </SimpleGrid>
        </>
    );
}

/** k rows alike: which columns, how many; what it costs, live; and the steps that do it. */
export function AnonymityPart({ view, personal }: { view: View; personal: PersonalData }) {
    const { t } = useTranslation();
    const [wish, setWish] = useState<Wish>({
        columns: [],
        levels: {},
        k: 5,
        l: 1,
        sensitive: '',
        lost: 5,
    });
    const hierarchies = Object.fromEntries(
        view.columns.map((column) => [column.name, hierarchyOf(column, personal)]),
    );
    const asked: AnonymityWish = {
        columns: wish.columns.map((column) => ({
            column,
            hierarchy: hierarchies[column],
            level: wish.levels[column],
        })),
        k: wish.k,
        l: wish.l,
        sensitive: wish.sensitive,
        most_lost_ratio: wish.lost / 100,
    };
    const version = view.dataset.current_version_id ?? null;
    const answer = useAnonymity(view.dataset.id, version, asked);
    const clean = useClean(view.dataset.id);
    const change = (made: Partial<Wish>) => setWish({ ...wish, ...made });
    const steps = answer.data?.plan.steps ?? [];
    return (
        <Section
            title={t('privacy:ui.anonymity')}
            term={t('privacy:ui.anonymity_term')}
            text={t('privacy:ui.anonymity_text')}
        >
            <Stack gap="lg">
                <Fields names={view.columns.map(({ name }) => name)} wish={wish} onChange={change} />
                {answer.error && <ErrorNote error={answer.error} />}
                {answer.data && wish.columns.length > 0 && (
                    <div aria-live="polite" style={{ display: 'contents' }}>
                        <Levels
                            wish={wish}
                            answer={answer.data}
                            hierarchies={hierarchies}
                            onLevel={(column, level) =>
                                change({ levels: { ...wish.levels, [column]: level } })
                            }
                        />
                        <Figures answer={answer.data} />
                        {!answer.data.plan.complete && <Text size="sm">{t('privacy:ui.incomplete')}</Text>}
                        {clean.error && <ErrorNote error={clean.error} />}
                        <Group>
                            <Button
                                variant="default"
                                disabled={steps.length === 0 || view.dataset.state === 'cleaning'}
                                loading={clean.isPending}
                                onClick={() => clean.mutate(steps)}
                            >
                                {t('privacy:ui.apply_steps')}
                            </Button>
                        </Group>
                    </div>
                )}
            </Stack>
        </Section>
    );
}
