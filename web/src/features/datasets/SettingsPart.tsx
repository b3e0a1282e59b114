import { Anchor, Button, Group, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Section } from '../../components/Section';
import { ErrorNote } from '../../components/States';
import { formatDay } from '../../lib/format';
import { RecentJobs } from '../jobs/RecentJobs';
import { LinksPart } from '../sharing/LinksPart';
import { csvPath, originalPath, useDelete, useKeep, useRename, type Dataset } from './queries';

function Files({ dataset }: { dataset: Dataset }) {
    const { t } = useTranslation();
    const version = dataset.current_version_id;
    return (
        <Section title={t('datasets:ui.files.title')}>
            <Group gap="lg">
                <Anchor href={originalPath(dataset.id)} download>
                    {t('datasets:ui.files.original')}
                </Anchor>
                {version != null && (
                    <Anchor href={csvPath(dataset.id, version)} download>
                        {t('datasets:ui.files.current')}
                    </Anchor>
                )}
            </Group>
        </Section>
    );
}

const keepDays = 90;

/** When the rows go, and the way to keep them longer. */
function Retention({ dataset }: { dataset: Dataset }) {
    const { t } = useTranslation();
    const keep = useKeep(dataset.id);
    if (dataset.expires_at <= 0) return null;
    return (
        <Section
            title={t('datasets:ui.retention.until', { date: formatDay(dataset.expires_at) })}
            text={t('datasets:ui.retention.text')}
        >
            {keep.error && <ErrorNote error={keep.error} />}
            <Group>
                <Button variant="default" loading={keep.isPending} onClick={() => keep.mutate(keepDays)}>
                    {t('datasets:ui.retention.longer')}
                </Button>
            </Group>
        </Section>
    );
}

export function SettingsPart({ dataset }: { dataset: Dataset }) {
    const { t } = useTranslation();
    const navigate = useNavigate();
    const rename = useRename(dataset.id);
    const remove = useDelete(dataset.id);
    const [name, setName] = useState(dataset.name);
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        rename.mutate(name);
    };
    return (
        <Stack gap={40} maw={720}>
            <form onSubmit={submit}>
                {rename.error && <ErrorNote error={rename.error} />}
                <Group align="flex-end">
                    <TextInput
                        style={{ flex: 1 }}
                        label={t('datasets:ui.settings.rename')}
                        maxLength={200}
                        value={name}
                        onChange={(event) => setName(event.currentTarget.value)}
                    />
                    <Button type="submit" variant="default" loading={rename.isPending}>
                        {t('datasets:ui.settings.rename_submit')}
                    </Button>
                </Group>
            </form>
            {dataset.expires_at >= 0 && (
                <>
                    <Retention dataset={dataset} />
                    <Files dataset={dataset} />
                </>
            )}
            {/* A file that could not be read has nothing to show anybody. */}
            {dataset.current_version_id != null && <LinksPart datasetId={dataset.id} />}
            <RecentJobs datasetId={dataset.id} />
            <ConfirmDelete
                title={t('datasets:ui.settings.delete_title')}
                text={t('datasets:ui.settings.delete_text')}
                confirm={t('datasets:ui.settings.delete_confirm', { name: dataset.name })}
                submit={t('datasets:ui.settings.delete')}
                error={remove.error}
                busy={remove.isPending}
                onDelete={() => remove.mutate(undefined, { onSuccess: () => void navigate('/') })}
            />
        </Stack>
    );
}
