import { Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { DataTable, type Column } from '../../components/DataTable';
import { DropZone } from '../../components/DropZone';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { ErrorNote, Loaded, Refusal } from '../../components/States';
import { formatAgo, formatBytes, formatInteger, formatPercent } from '../../lib/format';
import { useSession } from '../accounts/queries';
import { projectName, useProjects, type Project } from '../projects/queries';
import { useDatasets, useUpload, type Dataset } from './queries';

interface UploadPartProps {
    /** Where the file goes; none: one's own project. */
    project: Project | undefined;
    projectName: string;
    bytesMax: number | undefined;
}

function UploadPart({ project, projectName, bytesMax }: UploadPartProps) {
    const { t } = useTranslation();
    const navigate = useNavigate();
    const upload = useUpload(project?.id);
    const [tooLarge, setTooLarge] = useState<File>();
    const size = bytesMax === undefined ? undefined : formatBytes(bytesMax);
    const progress = upload.isPending
        ? {
              share: upload.share,
              label: t('datasets:ui.drop.sending', { name: upload.variables.name }),
              value: t('datasets:ui.drop.percent', { percent: formatPercent(upload.share) }),
          }
        : undefined;
    const send = (file: File) => {
        const over = bytesMax !== undefined && file.size > bytesMax;
        setTooLarge(over ? file : undefined);
        upload.reset();
        if (!over) upload.mutate(file, { onSuccess: (id) => void navigate(`/view/${id}/`) });
    };
    const hint = project?.kind === 'shared' ? 'datasets:ui.drop.limit_shared' : 'datasets:ui.drop.limit';
    return (
        <>
            {upload.error && <ErrorNote error={upload.error} />}
            {tooLarge && (
                <Refusal
                    message={t('datasets:ui.drop.too_large', {
                        name: tooLarge.name,
                        size: formatBytes(tooLarge.size),
                        limit: size,
                    })}
                    hint={t('datasets:ui.drop.too_large_hint')}
                />
            )}
            <DropZone
                title={t('datasets:ui.drop.title')}
                choose={t('datasets:ui.drop.choose')}
                hint={size && t(hint, { size, project: projectName })}
                accept=".csv,.tsv,.txt,.tab,text/csv,text/plain"
                progress={progress}
                onFile={send}
            />
        </>
    );
}

interface DatasetTableProps {
    rows: Dataset[];
    /** Names of the projects by number, when there are several to tell apart. */
    projects: Map<number, string> | undefined;
}

function DatasetTable({ rows, projects }: DatasetTableProps) {
    const { t } = useTranslation();
    const count = (row: Dataset, value: number | null | undefined) =>
        value == null ? t(`datasets:ui.state.${row.state}`) : formatInteger(value);
    const columns: Column<Dataset>[] = [
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
            cell: (row) => count(row, row.rows),
        },
        {
            key: 'columns',
            head: t('datasets:ui.list.columns'),
            number: true,
            cell: (row) => (row.columns == null ? '–' : formatInteger(row.columns)),
        },
        {
            key: 'size',
            head: t('datasets:ui.list.size'),
            number: true,
            cell: (row) => formatBytes(row.size_bytes),
        },
        { key: 'added', head: t('datasets:ui.list.added'), cell: (row) => formatAgo(row.created_at) },
    ];
    if (projects) {
        columns.push({
            key: 'project',
            head: t('datasets:ui.list.project'),
            cell: (row) => projects.get(row.project_id) ?? '–',
        });
    }
    return (
        <DataTable
            label={t('datasets:ui.list.title')}
            rows={rows}
            rowKey={(row) => row.id}
            columns={columns}
        />
    );
}

function Empty() {
    const { t } = useTranslation();
    return (
        <Stack gap={4}>
            <Text fw={600}>{t('datasets:ui.list.empty')}</Text>
            <Text c="dimmed" maw={620}>
                {t('datasets:ui.list.empty_text')}
            </Text>
        </Stack>
    );
}

interface ProjectFieldProps {
    projects: Project[];
    names: Map<number, string>;
    chosen: number | undefined;
    onChange: (id: number | undefined) => void;
}

/** Which project's files one looks at and adds to; only there for who has several. */
function ProjectField({ projects, names, chosen, onChange }: ProjectFieldProps) {
    const { t } = useTranslation();
    const all = { value: '0', label: t('projects:ui.choose.all') };
    return (
        <Select
            label={t('projects:ui.choose.label')}
            maw={360}
            allowDeselect={false}
            value={String(chosen ?? 0)}
            data={[all, ...projects.map(({ id }) => ({ value: String(id), label: names.get(id)! }))]}
            onChange={(value) => onChange(Number(value) || undefined)}
        />
    );
}

/** First page: a place to drop a file, and the files there are; ?project= narrows it to one project. */
export default function HomePage() {
    const { t } = useTranslation();
    const [params, setParams] = useSearchParams();
    const chosen = Number(params.get('project')) || undefined;
    const session = useSession();
    const datasets = useDatasets(chosen);
    const projects = useProjects().data?.projects ?? [];
    const project = projects.find(({ id }) => id === chosen);
    const own = session.data?.user.name ?? '';
    const names = new Map(projects.map((row) => [row.id, projectName(t, row, own)]));
    const several = projects.length > 1;
    return (
        <Page title={t('datasets:ui.home.title')} lead={t('datasets:ui.home.lead')}>
            {several && (
                <ProjectField
                    projects={projects}
                    names={names}
                    chosen={chosen}
                    onChange={(id) => setParams(id ? { project: String(id) } : {})}
                />
            )}
            {project?.role === 'viewer' ? (
                <Text>{t('datasets:ui.drop.viewer')}</Text>
            ) : (
                <UploadPart
                    project={project}
                    projectName={(project && names.get(project.id)) ?? ''}
                    bytesMax={datasets.data?.upload_bytes_max}
                />
            )}
            <Section title={t('datasets:ui.list.title')}>
                <Loaded query={datasets}>
                    {(data) =>
                        data.datasets.length === 0 ? (
                            <Empty />
                        ) : (
                            <DatasetTable
                                rows={data.datasets}
                                projects={several && !chosen ? names : undefined}
                            />
                        )
                    }
                </Loaded>
            </Section>
        </Page>
    );
}
