import { Alert } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { ErrorNote } from '../../components/States';
import { currentLanguage } from '../../lib/i18n';
import { Credentials } from './Credentials';
import { EntryFrame } from './EntryFrame';
import { useSetupPage, useSetUp } from './queries';

export default function SetupPage() {
    const { t } = useTranslation();
    const navigate = useNavigate();
    const [params] = useSearchParams();
    const page = useSetupPage();
    const setUp = useSetUp();
    const [wish, setWish] = useState({ name: '', password: '' });
    const token = params.get('token') ?? '';
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        setUp.mutate(
            { ...wish, token, language: currentLanguage() },
            { onSuccess: () => void navigate('/', { replace: true }) },
        );
    };
    return (
        <EntryFrame
            title={t('accounts:ui.setup.title')}
            lead={t('accounts:ui.setup.lead')}
            submit={t('accounts:ui.setup.submit')}
            busy={setUp.isPending}
            disabled={!token}
            onSubmit={submit}
            notes={
                <>
                    {page.data && !page.data.setup_needed && (
                        <Alert variant="outline" role="status">
                            {t('accounts:ui.setup.done')}{' '}
                            <Link to="/login/">{t('accounts:ui.login.title')}</Link>
                        </Alert>
                    )}
                    {!token && (
                        <Alert color="var(--mantine-color-error)" variant="outline" role="alert">
                            {t('accounts:ui.setup.no_token')}
                        </Alert>
                    )}
                    {setUp.error && <ErrorNote error={setUp.error} />}
                </>
            }
        >
            <Credentials value={wish} onChange={setWish} choosing="own" />
        </EntryFrame>
    );
}
