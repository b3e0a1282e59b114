import { Alert, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { ErrorNote } from '../../components/States';
import { EntryFrame } from './EntryFrame';
import { useSignIn, useSignInPage } from './queries';

export default function LoginPage() {
    const { t } = useTranslation();
    const navigate = useNavigate();
    const [params] = useSearchParams();
    const page = useSignInPage();
    const signIn = useSignIn();
    const [name, setName] = useState('');
    const [password, setPassword] = useState('');
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        const next = params.get('next') ?? '/';
        signIn.mutate(
            { name, password, next },
            { onSuccess: (answer) => void navigate(answer.next, { replace: true }) },
        );
    };
    return (
        <EntryFrame title={t('accounts:ui.login.title')} lead={t('accounts:ui.login.lead')}>
            <form onSubmit={submit}>
                <Stack>
                    {page.data?.setup_needed && (
                        <Alert variant="outline" role="status">
                            {t('accounts:ui.login.setup_needed')}
                        </Alert>
                    )}
                    {signIn.error && <ErrorNote error={signIn.error} />}
                    <TextInput
                        label={t('accounts:ui.login.name')}
                        name="name"
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
                        name="password"
                        autoComplete="current-password"
                        required
                        withAsterisk={false}
                        value={password}
                        onChange={(event) => setPassword(event.currentTarget.value)}
                    />
                    <Button type="submit" size="md" loading={signIn.isPending} mt="xs">
                        {t('accounts:ui.login.submit')}
                    </Button>
                    <Text size="sm" c="dimmed">
                        {t('accounts:ui.login.forgotten')}
                    </Text>
                </Stack>
            </form>
        </EntryFrame>
    );
}
