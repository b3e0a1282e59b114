// Until the server's document exists: the accounts' structs by hand, in the shape openapi-typescript gives.
export interface components {
    schemas: {
        Scope: 'read' | 'write' | 'admin';
        User: {
            id: number;
            name: string;
            administrator: boolean;
            language: 'en' | 'fr' | null;
            created_at: number;
            disabled_at: number | null;
        };
        WhoAmI: {
            user: components['schemas']['User'];
            via: string;
            scope: components['schemas']['Scope'];
            csrf_token: string;
            language: 'en' | 'fr';
        };
        SignedIn: { user: components['schemas']['User']; csrf_token: string; expires_at: number; next: string };
        SignInPage: { setup_needed: boolean; signed_in: boolean };
        SetupPage: { setup_needed: boolean };
        MeChange: { language?: 'en' | 'fr' | null; password?: string | null; current_password?: string | null };
        SessionView: {
            id: number;
            created_at: number;
            seen_at: number;
            expires_at: number;
            address: string;
            agent: string;
            current: boolean;
        };
        SessionList: { sessions: components['schemas']['SessionView'][] };
        TokenView: {
            id: number;
            label: string;
            prefix: string;
            scope: components['schemas']['Scope'];
            created_at: number;
            expires_at: number;
            used_at: number | null;
        };
        TokenList: { tokens: components['schemas']['TokenView'][] };
        TokenRequest: { label: string; scope?: components['schemas']['Scope']; days?: number };
        NewToken: {
            id: number;
            token: string;
            label: string;
            scope: components['schemas']['Scope'];
            expires_at: number;
        };
        UserList: { users: components['schemas']['User'][] };
        UserRequest: { name: string; password: string; administrator?: boolean; language?: 'en' | 'fr' | null };
    };
}
