import { Button, Group, Stack, Tabs, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'react-router';
import { Page } from '../../components/Page';
import { Loaded, Refusal } from '../../components/States';
import { formatBytes } from '../../lib/format';
import { CleaningPart } from '../cleaning/CleaningPart';
import { ColumnsPart } from '../exploring/ColumnsPart';
import { useProfile } from '../exploring/queries';
import { RowsPart } from '../exploring/RowsPart';
import { JobProgress } from '../jobs/JobProgress';
import { useJob } from '../jobs/queries';
import { PersonalPart } from '../privacy/PersonalPart';
import { LinksBanner } from '../sharing/LinksPart';
import { PredictPart } from '../training/PredictPart';
import { useView, type View } from './queries';
import { ReceiptPart } from './ReceiptPart';
import { SettingsPart } from './SettingsPart';

const tabs = ['rows', 'columns', 'reading', 'personal', 'cleaning', 'predict', 'settings'] as const;
type Tab = (typeof tabs)[number];

function ProblemNote({ view }: { view: View }) {
    const { problem } = view.dataset;
    if (!problem) return null;
    return <Refusal message={problem.message} hint={problem.hint} />;
}

/** What stands in place of the tabs while the file is read, or when it could not be. */
function NotYet({ view }: { view: View }) {
    const { t } = useTranslation();
    const job = useJob(view.dataset.job_id);
    if (view.dataset.state === 'failed') {
        return (
            <Stack gap="xl">
                <ProblemNote view={view} />
                {view.dataset.expires_at < 0 ? (
                    <Group>
                        <Button
                            component={Link}
                            to={`/monitoring/${view.dataset.id}/data/`}
                            variant="default"
                        >
                            {t('base:ui.nav.monitoring')}
                        </Button>
                    </Group>
                ) : (
                    <Text maw={620}>{t('datasets:ui.view.failed_next')}</Text>
                )}
                <SettingsPart dataset={view.dataset} />
            </Stack>
        );
    }
    return (
        <JobProgress
            job={job.data}
            label={t('datasets:ui.state.reading_long', { name: view.dataset.name })}
        />
    );
}

function Parts({ view, tab }: { view: View; tab: Tab }): ReactNode {
    const { dataset, receipt } = view;
    const version = dataset.current_version_id ?? null;
    const profile = useProfile(dataset.id, tab === 'reading' || tab === 'settings' ? null : version);
    switch (tab) {
        case 'rows':
            return (
                <RowsPart
                    datasetId={dataset.id}
                    versionId={version!}
                    name={dataset.name}
                    profile={profile.data}
                />
            );
        case 'columns':
            return <Loaded query={profile}>{(data) => <ColumnsPart profile={data} />}</Loaded>;
        case 'reading':
            return receipt && <ReceiptPart id={dataset.id} receipt={receipt} />;
        case 'personal':
            return <PersonalPart view={view} />;
        case 'cleaning':
            return <CleaningPart view={view} profile={profile.data} />;
        case 'predict':
            return <PredictPart view={view} />;
        case 'settings':
            return <SettingsPart dataset={dataset} />;
    }
}

function Ready({ view }: { view: View }) {
    const { t } = useTranslation();
    const [params, setParams] = useSearchParams();
    const wanted = params.get('tab') as Tab;
    const tab = tabs.includes(wanted) ? wanted : 'rows';
    const job = useJob(view.dataset.state === 'cleaning' ? view.dataset.job_id : null);
    return (
        <Stack gap="lg">
            {view.dataset.state === 'cleaning' && (
                <JobProgress job={job.data} label={t('datasets:ui.state.cleaning_long')} />
            )}
            <ProblemNote view={view} />
            <LinksBanner datasetId={view.dataset.id} />
            <Tabs
                value={tab}
                onChange={(value) => setParams(value === 'rows' ? {} : { tab: value ?? '' })}
                keepMounted={false}
            >
                <Tabs.List aria-label={t('datasets:ui.view.tabs')} mb="lg">
                    {tabs.map((name) => (
                        <Tabs.Tab key={name} value={name}>
                            {t(`datasets:ui.tab.${name}`)}
                        </Tabs.Tab>
                    ))}
                </Tabs.List>
                <Tabs.Panel value={tab}>
                    <Parts view={view} tab={tab} />
                </Tabs.Panel>
            </Tabs>
        </Stack>
    );
}

function Lead({ view }: { view: View }) {
    const { t } = useTranslation();
    const { rows, columns, size_bytes } = view.dataset;
    if (rows == null || columns == null) return formatBytes(size_bytes);
    return t('datasets:ui.view.lead', { rows, columns, size: formatBytes(size_bytes) });
}

export default function DatasetPage() {
    const { t } = useTranslation();
    const id = Number(useParams().pk);
    const query = useView(id);
    const [params, setParams] = useSearchParams();
    const view = query.data;
    const usable = view?.dataset.current_version_id != null;
    const action = usable && (
        <Group>
            <Button component={Link} variant="default" to={`/monitoring/${id}/data/`}>
                {t('base:ui.nav.monitoring')}
            </Button>
            {params.get('tab') !== 'predict' && (
                <Button size="md" onClick={() => setParams({ tab: 'predict' })}>
                    {t('datasets:ui.view.predict')}
                </Button>
            )}
        </Group>
    );
    return (
        <Page
            wide
            title={view?.dataset.name ?? t('base:ui.nav.home')}
            lead={view && <Lead view={view} />}
            action={action}
        >
            <Loaded query={query}>
                {(data) =>
                    data.dataset.current_version_id == null ? <NotYet view={data} /> : <Ready view={data} />
                }
            </Loaded>
        </Page>
    );
}
