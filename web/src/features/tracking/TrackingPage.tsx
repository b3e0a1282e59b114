import { Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { Page } from '../../components/Page';
import { BinPart } from './BinPart';
import { CompareView } from './CompareView';
import { ModelsPart, ModelView } from './ModelView';
import { RunsPart } from './RunsPart';
import { RunView } from './RunView';

/** Everything that was tried and everything that was kept; one run, several, or one model by the address. */
export default function TrackingPage() {
    const { t } = useTranslation();
    const [query, setQuery] = useSearchParams();
    const run = query.get('run');
    const compared = query.get('compare')?.split(',').slice(0, 20);
    const model = query.get('model');
    if (run) return <RunView key={run} id={run} />;
    if (compared) return <CompareView ids={compared} />;
    if (model) return <ModelView key={model} name={model} />;
    return (
        <Page title={t('tracking:ui.title')} lead={t('tracking:ui.lead')}>
            <Tabs
                keepMounted={false}
                value={query.get('tab') ?? 'runs'}
                onChange={(tab) => setQuery(tab === 'runs' || tab === null ? {} : { tab })}
            >
                <Tabs.List mb="xl">
                    <Tabs.Tab value="runs">{t('tracking:ui.runs.tab')}</Tabs.Tab>
                    <Tabs.Tab value="models">{t('tracking:ui.models.tab')}</Tabs.Tab>
                    <Tabs.Tab value="bin">{t('tracking:ui.bin.tab')}</Tabs.Tab>
                </Tabs.List>
                <Tabs.Panel value="runs">
                    <RunsPart />
                </Tabs.Panel>
                <Tabs.Panel value="models">
                    <ModelsPart />
                </Tabs.Panel>
                <Tabs.Panel value="bin">
                    <BinPart />
                </Tabs.Panel>
            </Tabs>
        </Page>
    );
}
