import { List, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Facts } from '../../components/Facts';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { Loaded } from '../../components/States';
import { useRegister } from './queries';

const points = ['purpose', 'people', 'data', 'recipients', 'transfers', 'retention', 'security'] as const;

/** Article 30 of the GDPR, from facts; what only the controller can say comes last. */
export default function RegisterPage() {
    const { t, i18n } = useTranslation();
    const register = useRegister(i18n.language);
    return (
        <Page title={t('erasure:ui.register.title')} lead={t('erasure:ui.register.lead')}>
            <Loaded query={register}>
                {(data) => (
                    <Stack gap={40}>
                        <Facts
                            facts={(['controller', 'contact'] as const).map((name) => [
                                t(`erasure:ui.register.${name}`),
                                data[name] || t('erasure:ui.register.missing'),
                            ])}
                        />
                        {data.activities.map((activity) => (
                            <Section key={activity.title} title={activity.title}>
                                <Facts
                                    facts={points.map((point) => [
                                        t(`erasure:ui.register.${point}`),
                                        activity[point],
                                    ])}
                                />
                            </Section>
                        ))}
                        <Section title={t('erasure:ui.register.gaps')}>
                            <List>
                                {data.gaps.map((gap) => (
                                    <List.Item key={gap}>{gap}</List.Item>
                                ))}
                            </List>
                        </Section>
                    </Stack>
                )}
            </Loaded>
        </Page>
    );
}
