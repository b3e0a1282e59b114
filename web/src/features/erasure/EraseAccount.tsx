import { Alert, Button, Checkbox, Group, List, PasswordInput, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { Section } from '../../components/Section';
import { ErrorNote, Loaded } from '../../components/States';
import { useSession } from '../accounts/queries';
import { useErase, usePreview, type Preview } from './queries';

function Projects({ preview }: { preview: Preview }) {
    const { t } = useTranslation();
    return (
        <>
            <Text fw={600}>{t('erasure:ui.account.goes')}</Text>
            <List>
                {preview.erased.map((project) => (
                    <List.Item key={project.id}>
                        {t('erasure:ui.account.row', {
                            name: project.name,
                            datasets: project.datasets,
                            models: project.models,
                        })}
                    </List.Item>
                ))}
            </List>
            {preview.kept.length > 0 && (
                <>
                    <Text fw={600}>{t('erasure:ui.account.stays')}</Text>
                    <List>
                        {preview.kept.map((project) => (
                            <List.Item key={project.id}>
                                {t('erasure:ui.account.stays_row', {
                                    name: project.name,
                                    heir: project.heir,
                                })}
                            </List.Item>
                        ))}
                    </List>
                </>
            )}
        </>
    );
}

function EraseForm({ preview, userId, name }: { preview: Preview; userId: number; name: string }) {
    const { t } = useTranslation();
    const navigate = useNavigate();
    const erase = useErase(userId);
    const [password, setPassword] = useState('');
    const [sure, setSure] = useState(false);
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        erase.mutate(password, {
            onSuccess: (erasure) => void navigate(`/erasures/${erasure.code}/`, { replace: true }),
        });
    };
    if (preview.last_administrator) {
        return (
            <Alert variant="outline" role="status">
                {t('erasure:ui.account.last')}
            </Alert>
        );
    }
    return (
        <form onSubmit={submit}>
            <Stack maw={620}>
                <Projects preview={preview} />
                {!preview.session_fresh && (
                    <PasswordInput
                        label={t('erasure:ui.account.password')}
                        description={t('erasure:ui.account.password_text')}
                        autoComplete="current-password"
                        required
                        withAsterisk={false}
                        value={password}
                        onChange={(event) => setPassword(event.currentTarget.value)}
                    />
                )}
                <Checkbox
                    label={t('erasure:ui.account.confirm', { name })}
                    checked={sure}
                    onChange={(event) => setSure(event.currentTarget.checked)}
                />
                {erase.error && <ErrorNote error={erase.error} />}
                <Group>
                    <Button
                        type="submit"
                        color="var(--mantine-color-error)"
                        variant="outline"
                        disabled={!sure}
                        loading={erase.isPending}
                    >
                        {t('erasure:ui.account.submit')}
                    </Button>
                </Group>
            </Stack>
        </form>
    );
}

/** The part of one's account page that ends the account: first what goes, then the button. */
export function EraseAccount() {
    const { t } = useTranslation();
    const session = useSession();
    const [opened, setOpened] = useState(false);
    const preview = usePreview(opened);
    const user = session.data?.user;
    return (
        <Section title={t('erasure:ui.account.title')} text={t('erasure:ui.account.text')}>
            {!opened && (
                <Group>
                    <Button variant="default" onClick={() => setOpened(true)}>
                        {t('erasure:ui.account.review')}
                    </Button>
                </Group>
            )}
            {opened && user && (
                <Loaded query={preview}>
                    {(data) => <EraseForm preview={data} userId={user.id} name={user.name} />}
                </Loaded>
            )}
        </Section>
    );
}
