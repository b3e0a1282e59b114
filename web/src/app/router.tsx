import { Container } from '@mantine/core';
import { lazy, Suspense, type ComponentType, type LazyExoticComponent } from 'react';
import { createBrowserRouter, useRouteError } from 'react-router';
import { Page } from '../components/Page';
import { ErrorNote, Loading, NotFound } from '../components/States';
import { Shell } from './Shell';

const page = (Part: LazyExoticComponent<ComponentType>) => (
    <Suspense
        fallback={
            <Container size={1680}>
                <Loading />
            </Container>
        }
    >
        <Part />
    </Suspense>
);

function Crash() {
    return <ErrorNote error={useRouteError()} onRetry={() => location.reload()} />;
}

function Missing() {
    return (
        <Page title="404">
            <NotFound />
        </Page>
    );
}

export const routes = [
    {
        path: '/login/',
        element: page(lazy(() => import('../features/accounts/LoginPage'))),
        errorElement: <Crash />,
    },
    {
        path: '/setup/',
        element: page(lazy(() => import('../features/accounts/SetupPage'))),
        errorElement: <Crash />,
    },
    {
        path: '/erasures/:code/',
        element: page(lazy(() => import('../features/erasure/CertificatePage'))),
        errorElement: <Crash />,
    },
    {
        path: '/shared/:token',
        element: page(lazy(() => import('../features/sharing/SharedPage'))),
        errorElement: <Crash />,
    },
    {
        element: <Shell />,
        errorElement: <Crash />,
        children: [
            { path: '/', element: page(lazy(() => import('../features/datasets/HomePage'))) },
            { path: '/view/:pk/', element: page(lazy(() => import('../features/datasets/DatasetPage'))) },
            {
                path: '/test-model/:pk/:model/',
                element: page(lazy(() => import('../features/predictions/TestModelPage'))),
            },
            { path: '/account/', element: page(lazy(() => import('../features/accounts/AccountPage'))) },
            { path: '/mlflow/', element: page(lazy(() => import('../features/tracking/TrackingPage'))) },
            {
                path: '/monitoring/',
                element: page(lazy(() => import('../features/monitoring/OverviewPage'))),
            },
            {
                path: '/monitoring/:pk/data/',
                element: page(lazy(() => import('../features/monitoring/DataPage'))),
            },
            {
                path: '/projects/:project/person/',
                element: page(lazy(() => import('../features/erasure/PersonPage'))),
            },
            { path: '/projects/', element: page(lazy(() => import('../features/projects/ProjectsPage'))) },
            { path: '/journal/', element: page(lazy(() => import('../features/audit/JournalPage'))) },
            { path: '/notices/', element: page(lazy(() => import('../features/notices/NoticesPage'))) },
            { path: '/users/', element: page(lazy(() => import('../features/accounts/UsersPage'))) },
            { path: '/register/', element: page(lazy(() => import('../features/erasure/RegisterPage'))) },
            { path: '*', element: <Missing /> },
        ],
    },
];

export const router = () => createBrowserRouter(routes);
