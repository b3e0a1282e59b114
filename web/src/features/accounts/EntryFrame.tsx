import { Box, Button, Center, Group, Stack, Text, Title } from '@mantine/core';
import { useEffect, type FormEventHandler, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Brand } from '../../components/Brand';
import { LanguageSwitch } from '../../components/LanguageSwitch';

interface EntryFrameProps {
    title: string;
    lead: string;
    /** What stands in the way, above the fields. */
    notes: ReactNode;
    children: ReactNode;
    submit: string;
    busy: boolean;
    disabled?: boolean;
    onSubmit: FormEventHandler;
    foot?: string;
    /** Another way in, below. */
    other?: ReactNode;
}

/** The pages before signing in: one form in a quiet frame. */
export function EntryFrame(props: EntryFrameProps) {
    const { title, lead, notes, children, submit, busy, disabled, onSubmit, foot, other } = props;
    const { t } = useTranslation();
    useEffect(() => {
        document.title = `${title} · ${t('base:ui.app.name')}`;
    }, [title, t]);
    return (
        <Stack mih="100dvh" gap={0}>
            <Group component="header" justify="space-between" px="lg" py="md">
                <Brand />
                <LanguageSwitch />
            </Group>
            <Center component="main" style={{ flex: 1 }} px="md" pb={80}>
                <Box className="card" p={{ base: 'lg', sm: 40 }} w="100%" maw={460}>
                    <Title order={1} fz={26}>
                        {title}
                    </Title>
                    <Text c="dimmed" mt={6} mb="lg">
                        {lead}
                    </Text>
                    <form onSubmit={onSubmit}>
                        <Stack>
                            {notes}
                            {children}
                            <Button type="submit" size="md" loading={busy} disabled={disabled} mt="xs">
                                {submit}
                            </Button>
                            {other}
                            {foot && (
                                <Text size="sm" c="dimmed">
                                    {foot}
                                </Text>
                            )}
                        </Stack>
                    </form>
                </Box>
            </Center>
        </Stack>
    );
}
