import { Alert, Button, Code, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Copy } from '../../components/Copy';
import { Section } from '../../components/Section';
import { ErrorNote, Loaded } from '../../components/States';
import { formatDay } from '../../lib/format';
import { QrCode } from './QrCode';
import {
    useBeginTwoFactor,
    useConfirmTwoFactor,
    useEndTwoFactor,
    useRenewRecoveryCodes,
    useTwoFactor,
    type Enrolment,
} from './queries';

interface CodeFieldProps {
    value: string;
    onChange: (value: string) => void;
    /** No recovery code exists yet. */
    first?: boolean;
}

function CodeField({ value, onChange, first }: CodeFieldProps) {
    const { t } = useTranslation();
    return (
        <TextInput
            label={t('accounts:ui.two_factor.code')}
            description={t(
                first ? 'accounts:ui.two_factor.first_code_text' : 'accounts:ui.two_factor.code_text',
            )}
            autoComplete="one-time-code"
            required
            withAsterisk={false}
            maxLength={64}
            value={value}
            onChange={(event) => onChange(event.currentTarget.value)}
        />
    );
}

function PasswordField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
    const { t } = useTranslation();
    return (
        <PasswordInput
            label={t('accounts:ui.account.current_password')}
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={value}
            onChange={(event) => onChange(event.currentTarget.value)}
        />
    );
}

function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
    const { t } = useTranslation();
    return (
        <Stack role="status" className="card" p="lg" maw={560}>
            <Text fw={650}>{t('accounts:ui.two_factor.codes_title')}</Text>
            <Text size="sm">{t('accounts:ui.two_factor.codes_text')}</Text>
            <Group component="ul" gap="xs" m={0} p={0}>
                {codes.map((code) => (
                    <li key={code} style={{ listStyle: 'none' }}>
                        <Code fz="sm">{code}</Code>
                    </li>
                ))}
            </Group>
            <Group>
                <Copy text={codes.join('\n')} />
                <Button size="xs" onClick={onDone}>
                    {t('accounts:ui.two_factor.codes_kept')}
                </Button>
            </Group>
        </Stack>
    );
}

function Confirm({ enrolment, onCodes }: { enrolment: Enrolment; onCodes: (codes: string[]) => void }) {
    const { t } = useTranslation();
    const confirm = useConfirmTwoFactor();
    const [code, setCode] = useState('');
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        confirm.mutate({ code }, { onSuccess: (answer) => onCodes(answer.codes) });
    };
    return (
        <form onSubmit={submit}>
            <Stack maw={560}>
                <Text size="sm">{t('accounts:ui.two_factor.scan')}</Text>
                <Group align="flex-start">
                    <QrCode text={enrolment.uri} label={t('accounts:ui.two_factor.qr')} />
                    <Stack gap={6} style={{ flex: '1 1 220px' }}>
                        <Text size="sm">{t('accounts:ui.two_factor.type')}</Text>
                        <Code fz="sm" style={{ overflowWrap: 'anywhere' }}>
                            {enrolment.secret.replace(/(.{4})(?=.)/g, '$1 ')}
                        </Code>
                    </Stack>
                </Group>
                {confirm.error && <ErrorNote error={confirm.error} />}
                <CodeField value={code} onChange={setCode} first />
                <div>
                    <Button type="submit" loading={confirm.isPending}>
                        {t('accounts:ui.two_factor.confirm')}
                    </Button>
                </div>
            </Stack>
        </form>
    );
}

function Begin({ onCodes }: { onCodes: (codes: string[]) => void }) {
    const { t } = useTranslation();
    const begin = useBeginTwoFactor();
    const [password, setPassword] = useState('');
    if (begin.data) return <Confirm enrolment={begin.data} onCodes={onCodes} />;
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        begin.mutate({ password });
    };
    return (
        <form onSubmit={submit}>
            <Stack maw={420}>
                {begin.error && <ErrorNote error={begin.error} />}
                <PasswordField value={password} onChange={setPassword} />
                <div>
                    <Button type="submit" variant="default" loading={begin.isPending}>
                        {t('accounts:ui.two_factor.begin')}
                    </Button>
                </div>
            </Stack>
        </form>
    );
}

function Manage({ onCodes }: { onCodes: (codes: string[]) => void }) {
    const { t } = useTranslation();
    const end = useEndTwoFactor();
    const renew = useRenewRecoveryCodes();
    const [given, setGiven] = useState({ password: '', code: '' });
    const forget = () => setGiven({ password: '', code: '' });
    const submit = (event: React.FormEvent) => {
        event.preventDefault();
        renew.mutate(given, {
            onSuccess: (answer) => {
                forget();
                onCodes(answer.codes);
            },
        });
    };
    const error = renew.error ?? end.error;
    return (
        <form onSubmit={submit}>
            <Stack maw={420}>
                {error && <ErrorNote error={error} />}
                <PasswordField
                    value={given.password}
                    onChange={(password) => setGiven({ ...given, password })}
                />
                <CodeField value={given.code} onChange={(code) => setGiven({ ...given, code })} />
                <Group>
                    <Button type="submit" variant="default" loading={renew.isPending}>
                        {t('accounts:ui.two_factor.renew')}
                    </Button>
                    <Button
                        variant="default"
                        loading={end.isPending}
                        onClick={() => end.mutate(given, { onSuccess: forget })}
                    >
                        {t('accounts:ui.two_factor.end')}
                    </Button>
                </Group>
            </Stack>
        </form>
    );
}

/** A code beside the password: begun with a picture to scan, switched on by a first code. */
export function TwoFactorPart() {
    const { t } = useTranslation();
    const state = useTwoFactor();
    const [codes, setCodes] = useState<string[]>();
    return (
        <Section
            title={t('accounts:ui.two_factor.title')}
            term={t('accounts:ui.two_factor.term')}
            text={t('accounts:ui.two_factor.text')}
        >
            {codes && <RecoveryCodes codes={codes} onDone={() => setCodes(undefined)} />}
            <Loaded query={state}>
                {(data) => {
                    if (!data.has_password) return <p>{t('accounts:ui.two_factor.by_provider')}</p>;
                    if (!data.on) return <Begin key="begin" onCodes={setCodes} />;
                    return (
                        <Stack>
                            <Alert variant="outline">
                                {t('accounts:ui.two_factor.on', {
                                    since: formatDay(data.since ?? 0),
                                    left: data.recovery_codes_left,
                                })}
                            </Alert>
                            {!codes && <Manage onCodes={setCodes} />}
                        </Stack>
                    );
                }}
            </Loaded>
        </Section>
    );
}
