import { useTranslation } from 'react-i18next';
import { DataTable } from '../../components/DataTable';
import { Section } from '../../components/Section';
import { Loaded } from '../../components/States';
import { formatAgo, formatDuration } from '../../lib/format';
import { textOr } from '../../lib/i18n';
import { useJobs, type Job } from './queries';

/** How long it ran, up to now when it still does. */
function duration({ started_at, finished_at }: Job): string {
    if (started_at == null || finished_at == null) return '–';
    return formatDuration((finished_at - started_at) / 1000);
}

/** What the service did, or is doing, with a data set. */
export function RecentJobs({ datasetId }: { datasetId: number }) {
    const { t } = useTranslation();
    const jobs = useJobs(datasetId);
    return (
        <Section title={t('jobs:ui.recent.title')} text={t('jobs:ui.recent.text')}>
            <Loaded query={jobs}>
                {(data) => (
                    <DataTable
                        label={t('jobs:ui.recent.title')}
                        rows={data.jobs}
                        rowKey={(row) => row.id}
                        columns={[
                            {
                                key: 'kind',
                                head: t('jobs:ui.recent.kind'),
                                rowHead: true,
                                cell: (row) => textOr(t, `jobs:ui.kinds.${row.kind}`, row.kind),
                            },
                            {
                                key: 'state',
                                head: t('jobs:ui.recent.state'),
                                cell: (row) => t(`jobs:ui.states.${row.state}`),
                            },
                            {
                                key: 'time',
                                head: t('jobs:ui.recent.time'),
                                number: true,
                                cell: duration,
                            },
                            {
                                key: 'when',
                                head: t('jobs:ui.recent.when'),
                                cell: (row) => formatAgo(row.created_at),
                            },
                        ]}
                    />
                )}
            </Loaded>
        </Section>
    );
}
