import { Alert, Button, Group, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Section } from '../../components/Section';
import { ErrorNote } from '../../components/States';
import { useChangeMe, useSession } from './queries';

/** Where notices go; nobody but oneself and administrators sees it. */
export function EmailPart() {
    const { t } = useTranslation();
    const known = useSession().data?.user.email ?? '';
    const change = useChangeMe();
    const [typed, setTyped] = useState<string>();
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        change.mutate({ email: typed ?? known }, { onSuccess: () => setTyped(undefined) });
    };
    return (
        <Section title={t('accounts:ui.email.title')} text={t('accounts:ui.email.text')}>
            <form onSubmit={submit}>
                <Stack maw={420}>
                    {change.error && <ErrorNote error={change.error} />}
                    {change.isSuccess && (
                        <Alert variant="outline" role="status">
                            {t('accounts:ui.email.saved')}
                        </Alert>
                    )}
                    <TextInput
                        type="email"
                        label={t('accounts:ui.email.label')}
                        placeholder={t('accounts:ui.email.example')}
                        autoComplete="email"
                        maxLength={254}
                        value={typed ?? known}
                        onChange={(event) => setTyped(event.currentTarget.value)}
                    />
                    <Group>
                        <Button type="submit" variant="default" loading={change.isPending}>
                            {t('accounts:ui.email.save')}
                        </Button>
                        <Link to="/notices/">{t('accounts:ui.email.choices')}</Link>
                    </Group>
                </Stack>
            </form>
        </Section>
    );
}
