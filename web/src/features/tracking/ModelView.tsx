import { Badge, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { DataTable } from '../../components/DataTable';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { ErrorNote, Loaded, NotFound, Notice } from '../../components/States';
import { formatTime } from '../../lib/format';
import {
    useDeleteModel,
    useMoveAlias,
    usePromotions,
    useRegisteredModels,
    useVersions,
    type Promotion,
    type RegisteredModel,
    type Version,
} from './queries';

const CHAMPION = 'champion';
const COMPARED = 5;
const pathOf = (name: string) => `/mlflow/?model=${encodeURIComponent(name)}`;

/** Names under which models are kept. */
export function ModelsPart() {
    const { t } = useTranslation();
    const models = useRegisteredModels();
    return (
        <Section
            title={t('tracking:ui.models.title')}
            term={t('tracking:ui.models.term')}
            text={t('tracking:ui.models.text')}
        >
            <Loaded query={models}>
                {(data) =>
                    data.registered_models.length === 0 ? (
                        <Notice title={t('tracking:ui.models.none')} />
                    ) : (
                        <DataTable
                            label={t('tracking:ui.models.title')}
                            rows={data.registered_models}
                            rowKey={(model) => model.id}
                            columns={[
                                {
                                    key: 'name',
                                    head: t('tracking:ui.runs.name'),
                                    rowHead: true,
                                    cell: (model) => <Link to={pathOf(model.name)}>{model.name}</Link>,
                                },
                                {
                                    key: 'versions',
                                    head: t('tracking:ui.models.last_version'),
                                    number: true,
                                    cell: (model) => model.last_version,
                                },
                                {
                                    key: 'changed',
                                    head: t('tracking:ui.models.changed'),
                                    cell: (model) => formatTime(model.updated_at),
                                },
                            ]}
                        />
                    )
                }
            </Loaded>
        </Section>
    );
}

function Promote({ model, versions }: { model: RegisteredModel; versions: Version[] }) {
    const { t } = useTranslation();
    const move = useMoveAlias(model.id);
    const [version, setVersion] = useState(versions[0]?.version ?? '');
    const [reason, setReason] = useState('');
    const go = (to?: string) =>
        move.mutate({ alias: CHAMPION, reason, version: to }, { onSuccess: () => setReason('') });
    return (
        <Section title={t('tracking:ui.promote.title')} text={t('tracking:ui.promote.text')}>
            <Stack>
                {move.error && <ErrorNote error={move.error} />}
                <Group align="flex-end">
                    <Select
                        label={t('tracking:ui.models.version')}
                        allowDeselect={false}
                        w={{ base: '100%', sm: 140 }}
                        data={versions.map((one) => one.version)}
                        value={version}
                        onChange={(value) => setVersion(value ?? '')}
                    />
                    <TextInput
                        label={t('tracking:ui.promote.reason')}
                        maxLength={2000}
                        w={{ base: '100%', sm: 360 }}
                        value={reason}
                        onChange={(event) => setReason(event.currentTarget.value)}
                    />
                    <Button loading={move.isPending} onClick={() => go(version)}>
                        {t('tracking:ui.promote.submit')}
                    </Button>
                    <Button variant="default" loading={move.isPending} onClick={() => go()}>
                        {t('tracking:ui.promote.back')}
                    </Button>
                </Group>
            </Stack>
        </Section>
    );
}

function VersionTable({ versions }: { versions: Version[] }) {
    const { t } = useTranslation();
    return (
        <DataTable
            label={t('tracking:ui.models.versions')}
            rows={versions}
            rowKey={(version) => version.version}
            columns={[
                {
                    key: 'version',
                    head: t('tracking:ui.models.version'),
                    rowHead: true,
                    cell: (version) => version.version,
                },
                {
                    key: 'aliases',
                    head: t('tracking:ui.models.aliases'),
                    cell: (version) => (
                        <Group gap={4}>
                            {(version.aliases ?? []).map((alias) => (
                                <Badge key={alias} variant="outline" tt="none">
                                    {alias}
                                </Badge>
                            ))}
                        </Group>
                    ),
                },
                {
                    key: 'made',
                    head: t('tracking:ui.models.made'),
                    cell: (version) => formatTime(version.creation_timestamp),
                },
                {
                    key: 'run',
                    head: t('tracking:ui.run'),
                    cell: (version) =>
                        version.run_id && (
                            <Link to={`/mlflow/?run=${version.run_id}`}>{version.run_id.slice(0, 8)}</Link>
                        ),
                },
            ]}
        />
    );
}

/** The newest versions beside each other, as runs. */
function Compare({ versions }: { versions: Version[] }) {
    const { t } = useTranslation();
    const runs = versions.flatMap((version) => version.run_id || []).slice(0, COMPARED);
    if (new Set(runs).size < 2) return null;
    return (
        <Button component={Link} variant="default" to={`/mlflow/?compare=${[...new Set(runs)].join(',')}`}>
            {t('tracking:ui.models.compare')}
        </Button>
    );
}

function History({ promotions }: { promotions: Promotion[] }) {
    const { t } = useTranslation();
    if (promotions.length === 0) return <Text>{t('tracking:ui.history.none')}</Text>;
    return (
        <DataTable
            label={t('tracking:ui.history.title')}
            rows={promotions}
            rowKey={(line) => line.id}
            columns={[
                {
                    key: 'when',
                    head: t('tracking:ui.history.when'),
                    rowHead: true,
                    cell: (line) => formatTime(line.promoted_at),
                },
                { key: 'who', head: t('tracking:ui.history.who'), cell: (line) => line.user_name },
                {
                    key: 'what',
                    head: t('tracking:ui.history.what'),
                    cell: (line) =>
                        `${line.alias || line.stage}: ${line.former_version ?? '–'} → ${line.version ?? '–'}`,
                },
                { key: 'why', head: t('tracking:ui.history.why'), cell: (line) => line.reason },
            ]}
        />
    );
}

function ModelDetails({ model }: { model: RegisteredModel }) {
    const { t } = useTranslation();
    const navigate = useNavigate();
    const remove = useDeleteModel();
    const versions = useVersions(model.name);
    const promotions = usePromotions(model.id);
    return (
        <Stack gap={48}>
            <Loaded query={versions}>
                {(data) => {
                    const all = [...(data.model_versions ?? [])].sort(
                        (a, b) => Number(b.version) - Number(a.version),
                    );
                    return (
                        <>
                            <Promote key={all[0]?.version} model={model} versions={all} />
                            <Section
                                title={t('tracking:ui.models.versions')}
                                action={<Compare versions={all} />}
                            >
                                <VersionTable versions={all} />
                            </Section>
                        </>
                    );
                }}
            </Loaded>
            <Section title={t('tracking:ui.history.title')}>
                <Loaded query={promotions}>{(data) => <History promotions={data.promotions} />}</Loaded>
            </Section>
            {remove.error && <ErrorNote error={remove.error} />}
            <Group>
                <Button
                    variant="default"
                    loading={remove.isPending}
                    onClick={() =>
                        remove.mutate(model.name, {
                            onSuccess: () => void navigate('/mlflow/?tab=models'),
                        })
                    }
                >
                    {t('tracking:ui.delete')}
                </Button>
            </Group>
        </Stack>
    );
}

export function ModelView({ name }: { name: string }) {
    const { t } = useTranslation();
    const models = useRegisteredModels();
    return (
        <Page title={name} lead={<Link to="/mlflow/?tab=models">{t('tracking:ui.back_models')}</Link>}>
            <Loaded query={models}>
                {(data) => {
                    const model = data.registered_models.find((one) => one.name === name);
                    return model ? <ModelDetails model={model} /> : <NotFound />;
                }}
            </Loaded>
        </Page>
    );
}
