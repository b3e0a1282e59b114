import { PasswordInput, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export interface NameAndPassword {
    name: string;
    password: string;
}

interface CredentialsProps<T extends NameAndPassword> {
    value: T;
    onChange: (value: T) => void;
    /** They are being chosen, one's own or another person's: the rules are shown. */
    choosing?: 'own' | 'another';
}

/** Name and password: to sign in with, or chosen for a new account. */
export function Credentials<T extends NameAndPassword>({ value, onChange, choosing }: CredentialsProps<T>) {
    const { t } = useTranslation();
    return (
        <>
            <TextInput
                label={t('accounts:ui.login.name')}
                description={choosing && t('accounts:ui.users.name_rule')}
                name="name"
                autoComplete={choosing === 'another' ? 'off' : 'username'}
                autoCapitalize="none"
                required
                autoFocus={choosing !== 'another'}
                withAsterisk={false}
                value={value.name}
                onChange={(event) => onChange({ ...value, name: event.currentTarget.value })}
            />
            <PasswordInput
                label={t('accounts:ui.login.password')}
                description={choosing && t('accounts:ui.password.rule')}
                name="password"
                autoComplete={choosing ? 'new-password' : 'current-password'}
                required
                withAsterisk={false}
                value={value.password}
                onChange={(event) => onChange({ ...value, password: event.currentTarget.value })}
            />
        </>
    );
}
