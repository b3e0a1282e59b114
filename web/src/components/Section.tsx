import { Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface SectionProps {
    title: ReactNode;
    term?: string;
    text?: ReactNode;
    action?: ReactNode;
    children?: ReactNode;
}

/** A part of a page under its own heading, the technical term small beside the plain one. */
export function Section({ title, term, text, action, children }: SectionProps) {
    return (
        <Stack component="section" gap="sm">
            <Group justify="space-between" align="flex-end">
                <div>
                    <Title order={2} size="h3">
                        {title} {term && <span className="small-term">({term})</span>}
                    </Title>
                    {text && (
                        <Text c="dimmed" size="sm" mt={2} maw={720}>
                            {text}
                        </Text>
                    )}
                </div>
                {action}
            </Group>
            {children}
        </Stack>
    );
}
