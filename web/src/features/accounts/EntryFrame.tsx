import { Box, Center, Group, Stack, Text, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Brand } from '../../components/Brand';
import { LanguageSwitch } from '../../components/LanguageSwitch';

/** The frame of the pages before signing in. */
export function EntryFrame({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
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
                    {children}
                </Box>
            </Center>
        </Stack>
    );
}
