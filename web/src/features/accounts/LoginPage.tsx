import { Alert, Button, Divider, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { ApiError } from '../../api/client';
import { ErrorNote, Refusal } from '../../components/States';
import { Credentials } from './Credentials';
import { EntryFrame } from './EntryFrame';
import { useSignIn, useSignInPage } from './queries';

const isReason = (error: unknown, reason: string) => error instanceof ApiError && error.reason === reason;

/** What the second step asks: a code of the authenticator, or a recovery code. */
function CodeStep({ value, onChange }: { value: string; onChange: (value: string) => void }) {
    const { t } = useTranslation();
    return (
        <TextInput
            label={t('accounts:ui.two_factor.code')}
            description={t('accounts:ui.login.code_text')}
            name="code"
            autoComplete="one-time-code"
            required
            autoFocus
            withAsterisk={false}
            maxLength={64}
            value={value}
            onChange={(event) => onChange(event.currentTarget.value)}
        />
    );
}

export default function LoginPage() {
    const { t } = useTranslation();
    const navigate = useNavigate();
    const [params] = useSearchParams();
    const page = useSignInPage(params.get('refused') ?? undefined);
    const signIn = useSignIn();
    const [wish, setWish] = useState({ name: '', password: '' });
    const [code, setCode] = useState<string>();
    const next = params.get('next') ?? '/';
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        signIn.mutate(
            { ...wish, ...(code === undefined ? {} : { code }), next },
            {
                onSuccess: (answer) => void navigate(answer.next, { replace: true }),
                onError: (error) => {
                    if (isReason(error, 'accounts.code_needed')) setCode('');
                },
            },
        );
    };
    const provider = page.data?.provider;
    const asked = isReason(signIn.error, 'accounts.code_needed');
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
                    {page.data?.refused && !signIn.error && (
                        <Refusal message={page.data.refused.message} hint={page.data.refused.hint} />
                    )}
                    {signIn.error && !asked && <ErrorNote error={signIn.error} />}
                </>
            }
            foot={t('accounts:ui.login.forgotten')}
            other={
                provider && (
                    <>
                        <Divider label={t('accounts:ui.login.or')} />
                        <Button
                            component="a"
                            href={`/login/oidc?next=${encodeURIComponent(next)}`}
                            variant="default"
                            size="md"
                        >
                            {t('accounts:ui.login.provider', { provider })}
                        </Button>
                    </>
                )
            }
        >
            {code === undefined ? (
                <Credentials value={wish} onChange={setWish} />
            ) : (
                <CodeStep value={code} onChange={setCode} />
            )}
        </EntryFrame>
    );
}
