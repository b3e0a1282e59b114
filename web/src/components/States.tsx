import { Alert, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ApiError } from '../api/client';

export function Loading({ lines = 3 }: { lines?: number }) {
    const { t } = useTranslation();
    return (
        <Stack role="status" aria-label={t('base:ui.loading')} gap="sm" py="md">
            {Array.from({ length: lines }, (_, i) => (
                <Skeleton key={i} height={i === 0 ? 28 : 18} width={`${95 - i * 15}%`} />
            ))}
        </Stack>
    );
}

/** What an error says to a person: what happened, what to do, and the number to give to the operator. */
export function useErrorText(error: unknown) {
    const { t } = useTranslation();
    if (error instanceof ApiError && error.body) {
        return { message: error.body.message, hint: error.body.hint, id: error.body.request_id };
    }
    const offline = error instanceof ApiError && error.status === 0;
    const key = offline ? 'offline' : error instanceof ApiError ? 'unknown' : 'crash';
    const hint = t(offline ? 'base:ui.error.offline_hint' : 'base:ui.error.unknown_hint');
    return { message: t(`base:ui.error.${key}`), hint, id: '' };
}

interface RefusalProps {
    message: string;
    hint?: string;
    id?: string;
    onRetry?: () => void;
}

/** What went wrong and the way out, in the shape of every error of these pages. */
export function Refusal({ message, hint, id, onRetry }: RefusalProps) {
    const { t } = useTranslation();
    return (
        <Alert color="var(--mantine-color-error)" variant="outline" role="alert" title={message}>
            <Text size="sm">{hint}</Text>
            {id && (
                <Text size="xs" c="dimmed" mt={4}>
                    {t('base:ui.request_id', { id })}
                </Text>
            )}
            {onRetry && (
                <Button size="xs" variant="default" mt="sm" onClick={onRetry}>
                    {t('base:ui.retry')}
                </Button>
            )}
        </Alert>
    );
}

export function ErrorNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
    return <Refusal {...useErrorText(error)} onRetry={onRetry} />;
}

export function Notice({
    title,
    children,
    action,
}: {
    title: string;
    children?: ReactNode;
    action?: ReactNode;
}) {
    return (
        <Stack align="flex-start" gap="sm" py="xl">
            <Title order={2} size="h3">
                {title}
            </Title>
            {children && <Text maw={620}>{children}</Text>}
            {action && <Group>{action}</Group>}
        </Stack>
    );
}

function HomeLink() {
    const { t } = useTranslation();
    return (
        <Button component={Link} to="/" variant="default">
            {t('base:ui.back_home')}
        </Button>
    );
}

export function NotFound() {
    const { t } = useTranslation();
    return (
        <Notice title={t('base:ui.not_found.title')} action={<HomeLink />}>
            {t('base:ui.not_found.text')}
        </Notice>
    );
}

export function Forbidden() {
    const { t } = useTranslation();
    return (
        <Notice title={t('base:ui.forbidden.title')} action={<HomeLink />}>
            {t('base:ui.forbidden.text')}
        </Notice>
    );
}

export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
    if (error instanceof ApiError && error.status === 404) return <NotFound />;
    if (error instanceof ApiError && error.status === 403) return <Forbidden />;
    return <ErrorNote error={error} onRetry={onRetry} />;
}

interface QueryLike<T> {
    data: T | undefined;
    error: unknown;
    isPending: boolean;
    refetch: () => unknown;
}

/** Shows a query in each of its states. */
export function Loaded<T>({ query, children }: { query: QueryLike<T>; children: (data: T) => ReactNode }) {
    if (query.data !== undefined) return <>{children(query.data)}</>;
    if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
    return <Loading />;
}
