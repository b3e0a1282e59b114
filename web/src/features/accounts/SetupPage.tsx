import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { ErrorNote } from '../../components/States';
import { currentLanguage } from '../../lib/i18n';
import { EntryFrame } from './EntryFrame';
import { useSetupPage, useSetUp } from './queries';

export default function SetupPage() {
    const { t } = useTranslation();
    const navigate = useNavigate();
    const [params] = useSearchParams();
    const page = useSetupPage();
    const setUp = useSetUp();
    const [name, setName] = useState('');
    const [password, setPassword] = useState('');
    const token = params.get('token') ?? '';
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        const wish = { token, name, password, language: currentLanguage() };
        setUp.mutate(wish, { onSuccess: () => void navigate('/', { replace: true }) });
    };
    return (
        <EntryFrame title={t('accounts:ui.setup.title')} lead={t('accounts:ui.setup.lead')}>
            <form onSubmit={submit}>
                <Stack>
                    {page.data && !page.data.setup_needed && (
                        <Alert variant="outline" role="status">
                            {t('accounts:ui.setup.done')}{' '}
                            <Link to="/login/">{t('accounts:ui.login.title')}</Link>
                        </Alert>
                    )}
                    {!token && (
                        <Alert color="red" variant="outline" role="alert">
                            {t('accounts:ui.setup.no_token')}
                        </Alert>
                    )}
                    {setUp.error && <ErrorNote error={setUp.error} />}
                    <TextInput
                        label={t('accounts:ui.login.name')}
                        description={t('accounts:ui.users.name_rule')}
                        autoComplete="username"
                        autoCapitalize="none"
                        required
                        autoFocus
                        withAsterisk={false}
                        value={name}
                        onChange={(event) => setName(event.currentTarget.value)}
                    />
                    <PasswordInput
                        label={t('accounts:ui.login.password')}
                        description={t('accounts:ui.password.rule')}
                        autoComplete="new-password"
                        required
                        withAsterisk={false}
                        value={password}
                        onChange={(event) => setPassword(event.currentTarget.value)}
                    />
                    <Button type="submit" size="md" loading={setUp.isPending} disabled={!token} mt="xs">
                        {t('accounts:ui.setup.submit')}
                    </Button>
                </Stack>
            </form>
        </EntryFrame>
    );
}
