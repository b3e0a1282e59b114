import { Alert, Button, Group, Select, Stack, TextInput } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { DaysInput, ShownOnce } from '../../components/Copy';
import { DataTable } from '../../components/DataTable';
import { Section } from '../../components/Section';
import { ErrorNote, Loaded } from '../../components/States';
import { formatAgo, formatDay } from '../../lib/format';
import { useTrainings } from '../training/queries';
import { useCreateLink, useLinks, useRevokeLink, type SharedLink } from './queries';

const profile = 'profile';

function NewLink({ datasetId }: { datasetId: number }) {
    const { t } = useTranslation();
    const create = useCreateLink(datasetId);
    const trainings = useTrainings(datasetId);
    const [label, setLabel] = useState('');
    const [what, setWhat] = useState(profile);
    const [days, setDays] = useState<number | string>(7);
    const choices = [
        { value: profile, label: t('sharing:ui.what.profile') },
        ...(trainings.data?.trainings ?? [])
            .filter((one) => one.report)
            .map((one) => ({
                value: String(one.id),
                label: t('sharing:ui.what.verdict', {
                    target: one.request.target,
                    when: formatDay(one.created_at),
                }),
            })),
    ];
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        create.mutate(
            { label, days: Number(days), training_id: what === profile ? null : Number(what) },
            { onSuccess: () => setLabel('') },
        );
    };
    return (
        <form onSubmit={submit}>
            <Stack>
                {create.error && <ErrorNote error={create.error} />}
                {create.data && (
                    <ShownOnce
                        title={t('sharing:ui.created', { until: formatDay(create.data.expires_at) })}
                        text={create.data.address}
                    />
                )}
                <Group align="flex-end">
                    <TextInput
                        label={t('sharing:ui.label')}
                        placeholder={t('sharing:ui.label_example')}
                        required
                        withAsterisk={false}
                        maxLength={100}
                        value={label}
                        onChange={(event) => setLabel(event.currentTarget.value)}
                    />
                    <Select
                        label={t('sharing:ui.what')}
                        allowDeselect={false}
                        w={{ base: '100%', sm: 300 }}
                        data={choices}
                        value={what}
                        onChange={(value) => setWhat(value ?? profile)}
                    />
                    <DaysInput label={t('sharing:ui.days')} value={days} onChange={setDays} />
                    <Button type="submit" variant="default" loading={create.isPending}>
                        {t('sharing:ui.create')}
                    </Button>
                </Group>
            </Stack>
        </form>
    );
}

function stateOf(link: SharedLink, t: TFunction) {
    if (link.revoked_at) return t('sharing:ui.state.revoked', { until: formatDay(link.revoked_at) });
    const until = formatDay(link.expires_at);
    return t(link.open ? 'sharing:ui.state.open' : 'sharing:ui.state.ended', { until });
}

function LinkTable({ datasetId, links }: { datasetId: number; links: SharedLink[] }) {
    const { t } = useTranslation();
    const revoke = useRevokeLink(datasetId);
    if (links.length === 0) return <p>{t('sharing:ui.none')}</p>;
    return (
        <>
            {revoke.error && <ErrorNote error={revoke.error} />}
            <DataTable
                label={t('sharing:ui.links')}
                rows={links}
                rowKey={(row) => row.id}
                columns={[
                    {
                        key: 'label',
                        head: t('sharing:ui.label'),
                        rowHead: true,
                        cell: (row) => row.label,
                    },
                    { key: 'state', head: t('sharing:ui.state'), cell: (row) => stateOf(row, t) },
                    {
                        key: 'views',
                        head: t('sharing:ui.views'),
                        cell: (row) =>
                            t('sharing:ui.views_count', {
                                count: row.views,
                                last: row.last_viewed_at ? formatAgo(row.last_viewed_at) : '',
                            }),
                    },
                    {
                        key: 'revoke',
                        head: <span className="visually-hidden">{t('sharing:ui.revoke')}</span>,
                        cell: (row) =>
                            row.open && (
                                <Button
                                    size="xs"
                                    variant="default"
                                    aria-label={t('sharing:ui.revoke_label', { label: row.label })}
                                    onClick={() => revoke.mutate(row.id)}
                                >
                                    {t('sharing:ui.revoke')}
                                </Button>
                            ),
                    },
                ]}
            />
        </>
    );
}

/** Links of a data set: made, looked after and revoked. */
export function LinksPart({ datasetId }: { datasetId: number }) {
    const { t } = useTranslation();
    const links = useLinks(datasetId);
    return (
        <Section title={t('sharing:ui.title')} text={t('sharing:ui.text')}>
            <NewLink datasetId={datasetId} />
            <Loaded query={links}>{(data) => <LinkTable datasetId={datasetId} links={data.links} />}</Loaded>
        </Section>
    );
}

/** On the data set's page while a link is open. */
export function LinksBanner({ datasetId }: { datasetId: number }) {
    const { t } = useTranslation();
    const open = useLinks(datasetId).data?.links.filter((link) => link.open) ?? [];
    if (open.length === 0) return null;
    const until = Math.max(...open.map((link) => link.expires_at));
    return (
        <Alert variant="outline" role="note">
            {t('sharing:ui.banner', { count: open.length, until: formatDay(until) })}{' '}
            <Link to="?tab=settings">{t('sharing:ui.banner_manage')}</Link>
        </Alert>
    );
}
