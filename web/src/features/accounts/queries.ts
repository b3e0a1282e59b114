import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError, del, get, patch, post, setCsrfToken, withQuery } from '../../api/client';
import type { Schemas, Scope } from '../../api/types';

export type User = Schemas['User'];
export type WhoAmI = Schemas['WhoAmI'];
export type SignedIn = Schemas['SignedIn'];
export type { Scope };

export const sessionKey = ['session'];

/** Who is signed in; null when nobody is. */
export function useSession() {
    return useQuery({
        queryKey: sessionKey,
        staleTime: 5 * 60_000,
        retry: false,
        queryFn: async ({ signal }) => {
            try {
                const me = await get<WhoAmI>('/api/v1/session', signal);
                setCsrfToken(me.csrf_token);
                return me;
            } catch (error) {
                if (error instanceof ApiError && error.status === 401) return null;
                throw error;
            }
        },
    });
}

/** `refused`: why a sign-in through the identity provider came to nothing, to be put into words. */
export const useSignInPage = (refused?: string) =>
    useQuery({
        queryKey: ['login', refused],
        queryFn: () => get<Schemas['SignInPage']>(withQuery('/login/', { refused })),
        retry: false,
    });

export const useSetupPage = () =>
    useQuery({ queryKey: ['setup'], queryFn: () => get<Schemas['SetupPage']>('/setup/'), retry: false });

/** Forgets everything of the former person before the new one's pages load. */
function useEnter<T>(path: string) {
    const client = useQueryClient();
    return useMutation({
        mutationFn: (wish: T) => post<SignedIn>(path, wish),
        onSuccess: async (answer) => {
            setCsrfToken(answer.csrf_token);
            client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
            await client.invalidateQueries({ queryKey: sessionKey });
        },
    });
}

export const useSignIn = () =>
    useEnter<{ name: string; password: string; code?: string; next: string }>('/login/');
export const useSetUp = () =>
    useEnter<{ token: string; name: string; password: string; language: 'en' | 'fr' }>('/setup/');

export function useSignOut() {
    const client = useQueryClient();
    return useMutation({
        mutationFn: () => post<void>('/logout/', {}),
        onSuccess: () => {
            setCsrfToken('');
            client.clear();
            client.setQueryData(sessionKey, null);
        },
    });
}

function useChange<T, R>(key: string, mutationFn: (wish: T) => Promise<R>) {
    const client = useQueryClient();
    return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: [key] }) });
}

export const useChangeMe = () =>
    useChange('session', (wish: Schemas['MeChange']) => patch<User>('/api/v1/me', wish));

export const useSessions = () =>
    useQuery({ queryKey: ['sessions'], queryFn: () => get<Schemas['SessionList']>('/api/v1/sessions') });
export const useEndSession = () => useChange('sessions', (id: number) => del(`/api/v1/sessions/${id}`));

export type Enrolment = Schemas['Enrolment'];

export const useTwoFactor = () =>
    useQuery({ queryKey: ['two-factor'], queryFn: () => get<Schemas['TwoFactor']>('/api/v1/two-factor') });
export const useBeginTwoFactor = () =>
    useMutation({
        mutationFn: (wish: Schemas['TwoFactorRequest']) => post<Enrolment>('/api/v1/two-factor', wish),
    });
export const useConfirmTwoFactor = () =>
    useChange('two-factor', (wish: Schemas['CodeRequest']) =>
        post<Schemas['RecoveryCodes']>('/api/v1/two-factor/confirm', wish),
    );
export const useRenewRecoveryCodes = () =>
    useChange('two-factor', (wish: Schemas['PasswordAndCode']) =>
        post<Schemas['RecoveryCodes']>('/api/v1/two-factor/recovery-codes', wish),
    );
export const useEndTwoFactor = () =>
    useChange('two-factor', (wish: Schemas['PasswordAndCode']) => post<void>('/api/v1/two-factor/off', wish));
export const useResetTwoFactor = () =>
    useChange('users', (id: number) => del(`/api/v1/users/${id}/two-factor`));

export const useIdentities = () =>
    useQuery({
        queryKey: ['identities'],
        queryFn: () => get<Schemas['IdentityList']>('/api/v1/identities'),
    });
export const useLinkIdentity = () =>
    useMutation({ mutationFn: () => post<Schemas['LinkBegun']>('/api/v1/identities') });
export const useUnlinkIdentity = () =>
    useChange('identities', (id: number) => del(`/api/v1/identities/${id}`));

export const useTokens = () =>
    useQuery({ queryKey: ['tokens'], queryFn: () => get<Schemas['TokenList']>('/api/v1/tokens') });
export const useCreateToken = () =>
    useChange('tokens', (wish: Schemas['TokenRequest']) => post<Schemas['NewToken']>('/api/v1/tokens', wish));
export const useRevokeToken = () => useChange('tokens', (id: number) => del(`/api/v1/tokens/${id}`));

export const useUsers = () =>
    useQuery({ queryKey: ['users'], queryFn: () => get<Schemas['UserList']>('/api/v1/users?limit=500') });
export const useAddUser = () =>
    useChange('users', (wish: Schemas['UserRequest']) => post<User>('/api/v1/users', wish));
export const useChangeUser = () =>
    useChange('users', ({ id, ...wish }: { id: number } & Schemas['UserPatchBody']) =>
        patch<User>(`/api/v1/users/${id}`, wish),
    );
