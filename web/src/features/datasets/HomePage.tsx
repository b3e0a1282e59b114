import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { DataTable } from '../../components/DataTable';
import { DropZone } from '../../components/DropZone';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { ErrorNote, Loaded } from '../../components/States';
import { formatAgo, formatBytes, formatInteger, formatPercent } from '../../lib/format';
import { useDatasets, useUpload, type Dataset } from './queries';

function UploadPart() {
    const { t } = useTranslation();
    const navigate = useNavigate();
    const upload = useUpload();
    const progress = upload.isPending
        ? {
              share: upload.share,
              label: t('datasets:ui.drop.sending', { name: upload.variables.name }),
              value: t('datasets:ui.drop.percent', { percent: formatPercent(upload.share) }),
          }
        : undefined;
    return (
        <>
            {upload.error && <ErrorNote error={upload.error} />}
            <DropZone
                title={t('datasets:ui.drop.title')}
                choose={t('datasets:ui.drop.choose')}
                hint={t('datasets:ui.drop.formats')}
                accept=".csv,.tsv,.txt,.tab,text/csv,text/plain"
                progress={progress}
                onFile={(file) => upload.mutate(file, { onSuccess: (id) => void navigate(`/view/${id}/`) })}
            />
        </>
    );
}

function DatasetTable({ rows }: { rows: Dataset[] }) {
    const { t } = useTranslation();
    const count = (value: number | null | undefined) => (value == null ? '–' : formatInteger(value));
    return (
        <DataTable
            label={t('datasets:ui.list.title')}
            rows={rows}
            rowKey={(row) => row.id}
            columns={[
                {
                    key: 'name',
                    head: t('datasets:ui.list.name'),
                    rowHead: true,
                    cell: (row) => <Link to={`/view/${row.id}/`}>{row.name}</Link>,
                },
                {
                    key: 'rows',
                    head: t('datasets:ui.list.rows'),
                    number: true,
                    cell: (row) => count(row.rows),
                },
                {
                    key: 'columns',
                    head: t('datasets:ui.list.columns'),
                    number: true,
                    cell: (row) => count(row.columns),
                },
                {
                    key: 'size',
                    head: t('datasets:ui.list.size'),
                    number: true,
                    cell: (row) => formatBytes(row.size_bytes),
                },
                { key: 'added', head: t('datasets:ui.list.added'), cell: (row) => formatAgo(row.created_at) },
            ]}
        />
    );
}

export default function HomePage() {
    const { t } = useTranslation();
    const datasets = useDatasets();
    return (
        <Page title={t('datasets:ui.home.title')} lead={t('datasets:ui.home.lead')}>
            <UploadPart />
            <Section title={t('datasets:ui.list.title')}>
                <Loaded query={datasets}>
                    {(data) =>
                        data.datasets.length === 0 ? (
                            <Stack gap={4}>
                                <Text fw={600}>{t('datasets:ui.list.empty')}</Text>
                                <Text c="dimmed" maw={620}>
                                    {t('datasets:ui.list.empty_text')}
                                </Text>
                            </Stack>
                        ) : (
                            <DatasetTable rows={data.datasets} />
                        )
                    }
                </Loaded>
            </Section>
        </Page>
    );
}
