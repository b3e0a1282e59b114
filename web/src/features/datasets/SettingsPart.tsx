import { Button, Checkbox, Group, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { Section } from '../../components/Section';
import { ErrorNote } from '../../components/States';
import { useDelete, useRename, type Dataset } from './queries';

export function SettingsPart({ dataset }: { dataset: Dataset }) {
    const { t } = useTranslation();
    const navigate = useNavigate();
    const rename = useRename(dataset.id);
    const remove = useDelete(dataset.id);
    const [name, setName] = useState(dataset.name);
    const [sure, setSure] = useState(false);
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        rename.mutate(name);
    };
    return (
        <Stack gap="xl" maw={560}>
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
            <Section
                title={t('datasets:ui.settings.delete_title')}
                text={t('datasets:ui.settings.delete_text')}
            >
                {remove.error && <ErrorNote error={remove.error} />}
                <Checkbox
                    label={t('datasets:ui.settings.delete_confirm', { name: dataset.name })}
                    checked={sure}
                    onChange={(event) => setSure(event.currentTarget.checked)}
                />
                <Group>
                    <Button
                        color="red.9"
                        disabled={!sure}
                        loading={remove.isPending}
                        onClick={() => remove.mutate(undefined, { onSuccess: () => void navigate('/') })}
                    >
                        {t('datasets:ui.settings.delete')}
                    </Button>
                </Group>
            </Section>
        </Stack>
    );
}
