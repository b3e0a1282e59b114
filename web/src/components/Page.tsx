import { Container, Group, Stack, Text, Title } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';

interface PageProps {
    title: string;
    lead?: ReactNode;
    action?: ReactNode;
    wide?: boolean;
    children?: ReactNode;
}

/** A page: one heading (which takes the focus on arrival, so that a screen reader starts there), one lead, one next action. */
export function Page({ title, lead, action, wide, children }: PageProps) {
    const heading = useRef<HTMLHeadingElement>(null);
    useEffect(() => {
        document.title = `${title} · CSV Analyzer`;
    }, [title]);
    useEffect(() => heading.current?.focus({ preventScroll: true }), []);
    return (
        <Container size={wide ? 1680 : 1080} px={{ base: 'md', sm: 'xl' }} py={{ base: 'lg', sm: 36 }}>
            <Stack gap="lg">
                <Group justify="space-between" align="flex-start" gap="md">
                    <div style={{ minWidth: 0, flex: '1 1 280px' }}>
                        <Title
                            ref={heading}
                            order={1}
                            tabIndex={-1}
                            fz={{ base: 24, sm: 30 }}
                            style={{ overflowWrap: 'anywhere' }}
                        >
                            {title}
                        </Title>
                        {lead && (
                            <Text component="div" c="dimmed" mt={6} maw={720}>
                                {lead}
                            </Text>
                        )}
                    </div>
                    {action}
                </Group>
                {children}
            </Stack>
        </Container>
    );
}
