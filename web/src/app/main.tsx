import '@mantine/core/styles.css';
import './app.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router';
import { ApiError } from '../api/client';
import { startI18n } from '../lib/i18n';
import { cssVariables, theme } from '../lib/theme';
import { router } from './router';

const client = new QueryClient({
    defaultOptions: {
        queries: {
            staleTime: 10_000,
            retry: (count, error) =>
                count < 2 && !(error instanceof ApiError && error.status > 0 && error.status < 500),
        },
    },
});

/** The server fills a fresh nonce into the page: the theme's style element carries it. */
const nonce = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? '';

await startI18n();
createRoot(document.getElementById('root')!).render(
    <StrictMode>
        <MantineProvider
            theme={theme}
            cssVariablesResolver={cssVariables}
            defaultColorScheme="auto"
            getStyleNonce={() => nonce}
        >
            <QueryClientProvider client={client}>
                <RouterProvider router={router()} />
            </QueryClientProvider>
        </MantineProvider>
    </StrictMode>,
);
