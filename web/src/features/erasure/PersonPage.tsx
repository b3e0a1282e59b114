import { Alert, Anchor, Button, Checkbox, Group, List, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'react-router';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { ErrorNote, Loaded } from '../../components/States';
import { formatMoment } from '../../lib/format';
import { ModelDecisions } from './ModelDecisions';
import {
    personPath,
    personPhases,
    useErasePerson,
    useForgetPerson,
    usePerson,
    usePersons,
    useSearchPerson,
    type PersonRequest,
    type Spared,
} from './person_queries';

const blank = { value: '', column: '' };

function SearchForm({
    project,
    quiet,
    onFound,
}: {
    project: number;
    quiet: boolean;
    onFound: (code: string) => void;
}) {
    const { t } = useTranslation();
    const search = useSearchPerson(project);
    const [values, setValues] = useState([blank]);
    const change = (at: number, part: Partial<typeof blank>) =>
        setValues(values.map((one, i) => (i === at ? { ...one, ...part } : one)));
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        search.mutate(values, {
            onSuccess: (made) => {
                setValues([blank]);
                onFound(made.code);
            },
        });
    };
    return (
        <Section title={t('erasure:ui.person.search')} text={t('erasure:ui.person.search_text')}>
            <form onSubmit={submit} autoComplete="off">
                <Stack maw={720}>
                    {values.map((one, i) => (
                        <Group key={i} align="flex-end">
                            <TextInput
                                label={t('erasure:ui.person.value')}
                                required
                                withAsterisk={false}
                                maxLength={500}
                                w={{ base: '100%', sm: 320 }}
                                value={one.value}
                                onChange={(event) => change(i, { value: event.currentTarget.value })}
                            />
                            <TextInput
                                label={t('erasure:ui.person.column')}
                                maxLength={1000}
                                w={{ base: '100%', sm: 240 }}
                                value={one.column}
                                onChange={(event) => change(i, { column: event.currentTarget.value })}
                            />
                        </Group>
                    ))}
                    {search.error && <ErrorNote error={search.error} />}
                    <Group>
                        <Button
                            type="submit"
                            variant={quiet ? 'default' : 'filled'}
                            loading={search.isPending}
                        >
                            {t('erasure:ui.person.submit')}
                        </Button>
                        <Button
                            variant="default"
                            disabled={values.length >= 20}
                            onClick={() => setValues([...values, blank])}
                        >
                            {t('erasure:ui.person.add')}
                        </Button>
                    </Group>
                </Stack>
            </form>
        </Section>
    );
}

/** Rows that are unticked, by data set. */
const sparedOf = (unticked: Set<string>): Spared[] => {
    const rows = new Map<number, number[]>();
    for (const key of unticked) {
        const [dataset = 0, row = 0] = key.split(':').map(Number);
        rows.set(dataset, [...(rows.get(dataset) ?? []), row]);
    }
    return [...rows].map(([dataset_id, found]) => ({ dataset_id, rows: found }));
};

function Found({ project, request }: { project: number; request: PersonRequest }) {
    const { t } = useTranslation();
    const erase = useErasePerson(project, request.code);
    const forget = useForgetPerson(project, request.code);
    const [unticked, setUnticked] = useState(new Set<string>());
    const [sure, setSure] = useState(false);
    const { datasets, batches, predictions } = request.findings;
    const nothing = datasets.length === 0 && batches === 0 && predictions === 0;
    const toggle = (key: string, kept: boolean) => {
        const next = new Set(unticked);
        if (kept) next.delete(key);
        else next.add(key);
        setUnticked(next);
    };
    return (
        <Section
            title={t('erasure:ui.person.found')}
            text={nothing ? t('erasure:ui.person.nothing') : t('erasure:ui.person.spare')}
        >
            {datasets.map((dataset) => (
                <Stack key={dataset.dataset_id} gap="xs">
                    <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
                        {t('erasure:ui.person.dataset', {
                            name: dataset.name,
                            rows: dataset.rows,
                            versions: dataset.versions.length,
                            rejects: dataset.in_rejects,
                        })}
                    </Text>
                    {dataset.hits.map((hit) => {
                        const key = `${dataset.dataset_id}:${hit.row_id}`;
                        return (
                            <Checkbox
                                key={key}
                                checked={!unticked.has(key)}
                                onChange={(event) => toggle(key, event.currentTarget.checked)}
                                label={t('erasure:ui.person.row', {
                                    row: hit.row_id,
                                    cells: hit.cells
                                        .map((cell) => [cell.column, cell.cell].filter(Boolean).join(' '))
                                        .join(', '),
                                })}
                            />
                        );
                    })}
                </Stack>
            ))}
            {!nothing && <Text>{t('erasure:ui.person.also', { batches, predictions })}</Text>}
            {!nothing && (
                <Checkbox
                    label={t('erasure:ui.person.confirm')}
                    checked={sure}
                    onChange={(event) => setSure(event.currentTarget.checked)}
                />
            )}
            {(erase.error ?? forget.error) && <ErrorNote error={erase.error ?? forget.error} />}
            <Group>
                {!nothing && (
                    <Button
                        color="var(--mantine-color-error)"
                        variant="outline"
                        disabled={!sure}
                        loading={erase.isPending}
                        onClick={() => erase.mutate(sparedOf(unticked))}
                    >
                        {t('erasure:ui.person.erase')}
                    </Button>
                )}
                <Button variant="default" loading={forget.isPending} onClick={() => forget.mutate()}>
                    {t('erasure:ui.person.forget')}
                </Button>
            </Group>
        </Section>
    );
}

function Working({ request }: { request: PersonRequest }) {
    const { t } = useTranslation();
    const at = personPhases.findIndex((phase) => phase === request.phase);
    return (
        <Section title={t('erasure:ui.person.working')}>
            <List type="ordered" role="status">
                {personPhases.map((phase, i) => (
                    <List.Item key={phase} fw={i === at ? 600 : undefined} c={i > at ? 'dimmed' : undefined}>
                        {t(`erasure:ui.person.phase.${phase}`)}
                    </List.Item>
                ))}
            </List>
            {request.problem && (
                <Alert variant="outline" role="status">
                    {t('erasure:ui.person.problem', { reason: request.problem })}
                </Alert>
            )}
        </Section>
    );
}

function One({ project, request }: { project: number; request: PersonRequest }) {
    const { t } = useTranslation();
    switch (request.phase) {
        case 'searching':
            return <Text role="status">{t('erasure:ui.person.searching')}</Text>;
        case 'failed':
            return (
                <Alert variant="outline" role="status">
                    {t('erasure:ui.person.failed', { reason: request.problem })}
                </Alert>
            );
        case 'found':
            return <Found key={request.code} project={project} request={request} />;
        case 'dropped':
            return <Text role="status">{t('erasure:ui.person.dropped')}</Text>;
        case 'done':
            return (
                <Stack gap="xl">
                    <Text role="status">{t('erasure:ui.person.done')}</Text>
                    <ModelDecisions project={project} request={request} />
                    <Group>
                        <Button
                            component="a"
                            variant={request.open_decisions > 0 ? 'default' : 'filled'}
                            href={`${personPath(project, request.code)}/certificate`}
                            download={`certificate-${request.code}.json`}
                        >
                            {t('erasure:ui.person.certificate')}
                        </Button>
                    </Group>
                </Stack>
            );
        default:
            return <Working request={request} />;
    }
}

function Chosen({ project, code }: { project: number; code: string }) {
    const request = usePerson(project, code);
    return <Loaded query={request}>{(data) => <One project={project} request={data} />}</Loaded>;
}

/** Search for a person in the rows of a project, look, erase, decide about models. ?code= is the search shown. */
export default function PersonPage() {
    const { t } = useTranslation();
    const project = Number(useParams().project);
    const [params, setParams] = useSearchParams();
    const code = params.get('code') ?? '';
    const all = usePersons(project);
    return (
        <Page
            title={t('erasure:ui.person.title')}
            lead={<Link to={`/projects/?project=${project}`}>{t('erasure:ui.person.back')}</Link>}
        >
            <Stack gap={40}>
                <Text maw={720}>{t('erasure:ui.person.lead')}</Text>
                {code && <Chosen key={code} project={project} code={code} />}
                <SearchForm
                    project={project}
                    quiet={code !== ''}
                    onFound={(made) => setParams({ code: made })}
                />
                <Loaded query={all}>
                    {(data) =>
                        data.requests.length > 0 && (
                            <Section title={t('erasure:ui.person.earlier')}>
                                <List>
                                    {data.requests.map((one) => (
                                        <List.Item key={one.code}>
                                            <Anchor component={Link} to={`?code=${one.code}`}>
                                                {t('erasure:ui.person.earlier_row', {
                                                    date: formatMoment(one.requested_at),
                                                    phase: t(`erasure:ui.person.phase.${one.phase}`),
                                                })}
                                            </Anchor>{' '}
                                            {one.open_decisions > 0 &&
                                                t('erasure:ui.person.open', { count: one.open_decisions })}
                                        </List.Item>
                                    ))}
                                </List>
                            </Section>
                        )
                    }
                </Loaded>
            </Stack>
        </Page>
    );
}
