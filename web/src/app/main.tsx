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

await startI18n();
createRoot(document.getElementById('root')!).render(
    <StrictMode>
        <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
            <QueryClientProvider client={client}>
                <RouterProvider router={router()} />
            </QueryClientProvider>
        </MantineProvider>
    </StrictMode>,
);
