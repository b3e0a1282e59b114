import { Button, Group, List, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Section } from '../../components/Section';
import { Loaded } from '../../components/States';
import { useModelCard } from './queries';

/** The nine headings with what is known, and what somebody has to add. */
export function CardPart({ modelId }: { modelId: number }) {
    const { t, i18n } = useTranslation();
    const [opened, setOpened] = useState(false);
    const card = useModelCard(modelId, i18n.language, opened);
    return (
        <Section title={t('predictions:ui.card.title')} text={t('predictions:ui.card.text')}>
            {!opened && (
                <Group>
                    <Button variant="default" onClick={() => setOpened(true)}>
                        {t('predictions:ui.card.open')}
                    </Button>
                </Group>
            )}
            {opened && (
                <Loaded query={card}>
                    {(data) => (
                        <Stack component="ol" gap="lg" m={0} pl="lg">
                            {data.sections.map((section) => (
                                <li key={section.title}>
                                    <Title order={3} size="h4">
                                        {section.title}
                                    </Title>
                                    <List mt="xs">
                                        {section.lines.map((line) => (
                                            <List.Item key={line.text}>
                                                {line.kind === 'gap' && (
                                                    <Text span fw={600}>
                                                        {t('predictions:ui.card.gap')}{' '}
                                                    </Text>
                                                )}
                                                {line.text}
                                            </List.Item>
                                        ))}
                                    </List>
                                </li>
                            ))}
                        </Stack>
                    )}
                </Loaded>
            )}
        </Section>
    );
}
