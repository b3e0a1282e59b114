import { Button, Container, Group, Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Navigate, Outlet, useLocation, useNavigate } from 'react-router';
import { setSignedOutHandler } from '../api/client';
import { Brand } from '../components/Brand';
import { LanguageSwitch } from '../components/LanguageSwitch';
import { ErrorState, Loading } from '../components/States';
import { useChangeMe, useSession, useSignOut, type WhoAmI } from '../features/accounts/queries';
import { Bell } from '../features/notices/Bell';
import { changeLanguage, currentLanguage } from '../lib/i18n';

function AccountMenu({ me }: { me: WhoAmI }) {
    const { t } = useTranslation();
    const navigate = useNavigate();
    const signOut = useSignOut();
    const { setColorScheme } = useMantineColorScheme();
    const dark = useComputedColorScheme('light') === 'dark';
    return (
        <Menu position="bottom-end" width={220}>
            <Menu.Target>
                <Button
                    variant="default"
                    size="xs"
                    maw={150}
                    aria-label={t('base:ui.nav.menu', { name: me.user.name })}
                >
                    {me.user.name}
                </Button>
            </Menu.Target>
            <Menu.Dropdown>
                <Menu.Item component={Link} to="/account/">
                    {t('base:ui.nav.account')}
                </Menu.Item>
                {!me.user.operates && (
                    <>
                        <Menu.Item component={Link} to="/projects/">
                            {t('base:ui.nav.projects')}
                        </Menu.Item>
                        <Menu.Item component={Link} to="/mlflow/">
                            {t('base:ui.nav.tracking')}
                        </Menu.Item>
                        <Menu.Item component={Link} to="/monitoring/">
                            {t('base:ui.nav.monitoring')}
                        </Menu.Item>
                    </>
                )}
                {(me.user.administrator || me.user.operates) && (
                    <Menu.Item component={Link} to="/users/">
                        {t('base:ui.nav.users')}
                    </Menu.Item>
                )}
                {(me.user.administrator || me.user.operates) && (
                    <Menu.Item component={Link} to="/journal/">
                        {t('base:ui.nav.journal')}
                    </Menu.Item>
                )}
                {(me.user.administrator || me.user.operates) && (
                    <Menu.Item component={Link} to="/register/">
                        {t('erasure:ui.register.title')}
                    </Menu.Item>
                )}
                <Menu.Item component="a" href="/api/docs/">
                    {t('base:ui.nav.api')}
                </Menu.Item>
                <Menu.Divider />
                <Menu.Item onClick={() => setColorScheme(dark ? 'light' : 'dark')}>
                    {t(dark ? 'base:ui.theme.light' : 'base:ui.theme.dark')}
                </Menu.Item>
                <Menu.Divider />
                <Menu.Item
                    onClick={() => signOut.mutate(undefined, { onSuccess: () => void navigate('/login/') })}
                >
                    {t('base:ui.sign_out')}
                </Menu.Item>
            </Menu.Dropdown>
        </Menu>
    );
}

function Header({ me }: { me: WhoAmI }) {
    const { t } = useTranslation();
    const change = useChangeMe();
    return (
        <header className="header">
            <Container size={1680} px={{ base: 'md', sm: 'xl' }}>
                <Group justify="space-between" h={60} wrap="nowrap" gap="sm">
                    <Group gap="xl" wrap="nowrap">
                        <Brand />
                        {!me.user.operates && (
                            <nav aria-label={t('base:ui.nav.label')}>
                                <Button component={Link} to="/" variant="subtle" size="xs" visibleFrom="sm">
                                    {t('base:ui.nav.home')}
                                </Button>
                                <Button
                                    component={Link}
                                    to="/projects/"
                                    variant="subtle"
                                    size="xs"
                                    visibleFrom="sm"
                                >
                                    {t('base:ui.nav.projects')}
                                </Button>
                                <Button
                                    component={Link}
                                    to="/mlflow/"
                                    variant="subtle"
                                    size="xs"
                                    visibleFrom="sm"
                                >
                                    {t('base:ui.nav.tracking')}
                                </Button>
                                <Button
                                    component={Link}
                                    to="/monitoring/"
                                    variant="subtle"
                                    size="xs"
                                    visibleFrom="sm"
                                >
                                    {t('base:ui.nav.monitoring')}
                                </Button>
                            </nav>
                        )}
                    </Group>
                    <Group gap="sm" wrap="nowrap">
                        <div className="wide-only">
                            <LanguageSwitch onChosen={(language) => change.mutate({ language })} />
                        </div>
                        <Bell />
                        <AccountMenu me={me} />
                    </Group>
                </Group>
            </Container>
        </header>
    );
}

/** Frame of every page behind the sign-in. */
export function Shell() {
    const { t } = useTranslation();
    const session = useSession();
    const location = useLocation();
    const navigate = useNavigate();
    const next = encodeURIComponent(location.pathname + location.search);
    useEffect(() => {
        setSignedOutHandler(() => void navigate(`/login/?next=${next}`));
        return () => setSignedOutHandler(() => {});
    }, [navigate, next]);
    const chosen = session.data?.user.language;
    useEffect(() => {
        if (chosen && chosen !== currentLanguage()) void changeLanguage(chosen);
        // Only when the person's own choice arrives, not when the page's switch moves first.
    }, [chosen]);
    if (session.isPending) return <Loading />;
    if (session.error) return <ErrorState error={session.error} onRetry={() => void session.refetch()} />;
    if (!session.data) return <Navigate to={`/login/?next=${next}`} replace />;
    // An operator sees nobody's data: the first page there is are the users.
    if (session.data.user.operates && location.pathname === '/') return <Navigate to="/users/" replace />;
    return (
        <>
            <a className="skip" href="#content">
                {t('base:ui.skip')}
            </a>
            <Header me={session.data} />
            <main id="content" tabIndex={-1} style={{ outline: 'none' }}>
                <Outlet />
            </main>
        </>
    );
}
