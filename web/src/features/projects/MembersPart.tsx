import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '../../components/DataTable';
import { Section } from '../../components/Section';
import { ErrorNote, Loaded } from '../../components/States';
import { formatDay } from '../../lib/format';
import {
    useAddMember,
    useChangeRole,
    useMembers,
    useRemoveMember,
    type Member,
    type Project,
    type Role,
} from './queries';

const roles: Role[] = ['viewer', 'editor', 'owner'];

function RoleField({ projectId, member }: { projectId: number; member: Member }) {
    const { t } = useTranslation();
    const change = useChangeRole(projectId);
    return (
        <Stack gap={4}>
            <Select
                size="xs"
                maw={170}
                allowDeselect={false}
                aria-label={t('projects:ui.members.role_of', { name: member.name })}
                disabled={change.isPending}
                value={member.role}
                data={roles.map((role) => ({ value: role, label: t(`projects:ui.role.${role}`) }))}
                onChange={(role) => change.mutate({ userId: member.user_id, role: role as Role })}
            />
            {change.error && <ErrorNote error={change.error} />}
        </Stack>
    );
}

function RemoveButton({ projectId, member }: { projectId: number; member: Member }) {
    const { t } = useTranslation();
    const remove = useRemoveMember(projectId);
    return (
        <Stack gap={4}>
            <Button
                size="xs"
                variant="default"
                loading={remove.isPending}
                aria-label={t('projects:ui.members.remove_label', { name: member.name })}
                onClick={() => remove.mutate(member.user_id)}
            >
                {t('projects:ui.members.remove')}
            </Button>
            {remove.error && <ErrorNote error={remove.error} />}
        </Stack>
    );
}

function AddMember({ projectId }: { projectId: number }) {
    const { t } = useTranslation();
    const add = useAddMember(projectId);
    const [name, setName] = useState('');
    const [role, setRole] = useState<Role>('editor');
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        add.mutate({ name, role }, { onSuccess: () => setName('') });
    };
    return (
        <form onSubmit={submit} aria-label={t('projects:ui.members.add')}>
            <Stack>
                {add.error && <ErrorNote error={add.error} />}
                <Group align="flex-end">
                    <TextInput
                        label={t('projects:ui.members.add_name')}
                        autoComplete="off"
                        autoCapitalize="none"
                        required
                        withAsterisk={false}
                        maxLength={64}
                        value={name}
                        onChange={(event) => setName(event.currentTarget.value)}
                    />
                    <Select
                        label={t('projects:ui.members.role')}
                        allowDeselect={false}
                        value={role}
                        data={roles.map((value) => ({ value, label: t(`projects:ui.role.${value}`) }))}
                        onChange={(value) => setRole(value as Role)}
                    />
                    <Button type="submit" loading={add.isPending}>
                        {t('projects:ui.members.add_submit')}
                    </Button>
                </Group>
                <Text size="sm" c="dimmed">
                    {t(`projects:ui.role.${role}_text`)}
                </Text>
            </Stack>
        </form>
    );
}

/** Who may do what in a project; an owner of a shared one changes it. */
export function MembersPart({ project }: { project: Project }) {
    const { t } = useTranslation();
    const members = useMembers(project.id);
    const manages = project.role === 'owner' && project.kind === 'shared';
    const columns: Column<Member>[] = [
        { key: 'name', head: t('projects:ui.members.name'), rowHead: true, cell: (row) => row.name },
        {
            key: 'role',
            head: t('projects:ui.members.role'),
            cell: (row) =>
                manages ? (
                    <RoleField projectId={project.id} member={row} />
                ) : (
                    t(`projects:ui.role.${row.role}`)
                ),
        },
        { key: 'since', head: t('projects:ui.members.since'), cell: (row) => formatDay(row.added_at) },
    ];
    if (manages) {
        columns.push({
            key: 'remove',
            head: <span className="visually-hidden">{t('projects:ui.members.remove')}</span>,
            cell: (row) => <RemoveButton projectId={project.id} member={row} />,
        });
    }
    return (
        <Section title={t('projects:ui.members.title')} text={t('projects:ui.members.text')}>
            <Loaded query={members}>
                {(data) => (
                    <DataTable
                        label={t('projects:ui.members.title')}
                        rows={data.members}
                        rowKey={(row) => row.user_id}
                        columns={columns}
                    />
                )}
            </Loaded>
            {manages && <AddMember projectId={project.id} />}
        </Section>
    );
}
