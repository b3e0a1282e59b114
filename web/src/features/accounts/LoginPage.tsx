import { Alert } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { ErrorNote } from '../../components/States';
import { Credentials } from './Credentials';
import { EntryFrame } from './EntryFrame';
import { useSignIn, useSignInPage } from './queries';

export default function LoginPage() {
    const { t } = useTranslation();
    const navigate = useNavigate();
    const [params] = useSearchParams();
    const page = useSignInPage();
    const signIn = useSignIn();
    const [wish, setWish] = useState({ name: '', password: '' });
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        const next = params.get('next') ?? '/';
        signIn.mutate(
            { ...wish, next },
            { onSuccess: (answer) => void navigate(answer.next, { replace: true }) },
        );
    };
    return (
        <EntryFrame
            title={t('accounts:ui.login.title')}
            lead={t('accounts:ui.login.lead')}
            submit={t('accounts:ui.login.submit')}
            busy={signIn.isPending}
            onSubmit={submit}
            notes={
                <>
                    {page.data?.setup_needed && (
                        <Alert variant="outline" role="status">
                            {t('accounts:ui.login.setup_needed')}
                        </Alert>
                    )}
                    {signIn.error && <ErrorNote error={signIn.error} />}
                </>
            }
            foot={t('accounts:ui.login.forgotten')}
        >
            <Credentials value={wish} onChange={setWish} />
        </EntryFrame>
    );
}
