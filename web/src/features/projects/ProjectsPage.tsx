import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { DataTable } from '../../components/DataTable';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { ErrorNote, Loaded, NotFound } from '../../components/States';
import { formatDay } from '../../lib/format';
import { useSession } from '../accounts/queries';
import { MembersPart } from './MembersPart';
import {
    projectName,
    useCreateProject,
    useDeleteProject,
    useProjects,
    useRenameProject,
    type Project,
} from './queries';

const pathOf = (id: number) => `/projects/?project=${id}`;

function NewProject() {
    const { t } = useTranslation();
    const navigate = useNavigate();
    const create = useCreateProject();
    const [name, setName] = useState('');
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        create.mutate({ name }, { onSuccess: (made) => void navigate(pathOf(made.id)) });
    };
    return (
        <Section title={t('projects:ui.new.title')}>
            <form onSubmit={submit}>
                <Stack>
                    {create.error && <ErrorNote error={create.error} />}
                    <Group align="flex-end">
                        <TextInput
                            label={t('projects:ui.new.name')}
                            placeholder={t('projects:ui.new.example')}
                            required
                            withAsterisk={false}
                            maxLength={100}
                            w={{ base: '100%', sm: 320 }}
                            value={name}
                            onChange={(event) => setName(event.currentTarget.value)}
                        />
                        <Button type="submit" loading={create.isPending}>
                            {t('projects:ui.new.submit')}
                        </Button>
                    </Group>
                </Stack>
            </form>
        </Section>
    );
}

function ProjectTable({ projects, nameOf }: { projects: Project[]; nameOf: (project: Project) => string }) {
    const { t } = useTranslation();
    return (
        <DataTable
            label={t('projects:ui.list.title')}
            rows={projects}
            rowKey={(row) => row.id}
            columns={[
                {
                    key: 'name',
                    head: t('projects:ui.list.name'),
                    rowHead: true,
                    cell: (row) => <Link to={pathOf(row.id)}>{nameOf(row)}</Link>,
                },
                {
                    key: 'kind',
                    head: t('projects:ui.list.kind'),
                    cell: (row) => t(`projects:ui.kind.${row.kind}`),
                },
                {
                    key: 'role',
                    head: t('projects:ui.list.role'),
                    cell: (row) => t(`projects:ui.role.${row.role}`),
                },
                {
                    key: 'since',
                    head: t('projects:ui.list.created'),
                    cell: (row) => formatDay(row.created_at),
                },
            ]}
        />
    );
}

function Rename({ project }: { project: Project }) {
    const { t } = useTranslation();
    const rename = useRenameProject(project.id);
    const [name, setName] = useState(project.name);
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        rename.mutate(name);
    };
    return (
        <form onSubmit={submit}>
            {rename.error && <ErrorNote error={rename.error} />}
            <Group align="flex-end">
                <TextInput
                    label={t('projects:ui.rename.title')}
                    maxLength={100}
                    w={{ base: '100%', sm: 320 }}
                    value={name}
                    onChange={(event) => setName(event.currentTarget.value)}
                />
                <Button type="submit" variant="default" loading={rename.isPending}>
                    {t('projects:ui.rename.submit')}
                </Button>
            </Group>
        </form>
    );
}

function Manage({ project }: { project: Project }) {
    const { t } = useTranslation();
    const navigate = useNavigate();
    const remove = useDeleteProject(project.id);
    return (
        <Stack gap="xl" maw={640}>
            <Rename project={project} />
            <ConfirmDelete
                title={t('projects:ui.delete.title')}
                text={t('projects:ui.delete.text')}
                confirm={t('projects:ui.delete.confirm', { name: project.name })}
                submit={t('projects:ui.delete.submit')}
                error={remove.error}
                busy={remove.isPending}
                onDelete={() => remove.mutate(undefined, { onSuccess: () => void navigate('/projects/') })}
            />
        </Stack>
    );
}

function One({ project }: { project: Project }) {
    const { t } = useTranslation();
    const shared = project.kind === 'shared';
    return (
        <Stack gap={48}>
            <Group>
                <Button component={Link} to={`/?project=${project.id}`}>
                    {t('projects:ui.datasets')}
                </Button>
                {(project.role === 'owner' || project.role === 'editor') && (
                    <Button component={Link} to={`/projects/${project.id}/person/`} variant="default">
                        {t('erasure:ui.person.title')}
                    </Button>
                )}
            </Group>
            {project.kind !== 'shared' && <Text maw={620}>{t(`projects:ui.about.${project.kind}`)}</Text>}
            <MembersPart project={project} />
            {shared && project.role === 'owner' && <Manage key={project.name} project={project} />}
        </Stack>
    );
}

/** All projects, or with ?project= one of them with its members. */
export default function ProjectsPage() {
    const { t } = useTranslation();
    const session = useSession();
    const projects = useProjects();
    const [params] = useSearchParams();
    const chosen = Number(params.get('project')) || undefined;
    const one = projects.data?.projects.find((project) => project.id === chosen);
    const nameOf = (project: Project) => projectName(t, project, session.data?.user.name ?? '');
    if (chosen) {
        return (
            <Page
                key={chosen}
                title={one ? nameOf(one) : t('projects:ui.title')}
                lead={<Link to="/projects/">{t('projects:ui.back')}</Link>}
            >
                <Loaded query={projects}>{() => (one ? <One project={one} /> : <NotFound />)}</Loaded>
            </Page>
        );
    }
    return (
        <Page title={t('projects:ui.title')} lead={t('projects:ui.lead')}>
            <Stack gap={48}>
                <Loaded query={projects}>
                    {(data) => <ProjectTable projects={data.projects} nameOf={nameOf} />}
                </Loaded>
                <NewProject />
            </Stack>
        </Page>
    );
}
