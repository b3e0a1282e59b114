import { Alert, Button, Code, Group, List, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { Brand } from '../../components/Brand';
import { Facts } from '../../components/Facts';
import { LanguageSwitch } from '../../components/LanguageSwitch';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { Loaded } from '../../components/States';
import { formatInteger, formatMoment } from '../../lib/format';
import { phases, useErasure, type Erasure } from './queries';

function Progress({ erasure }: { erasure: Erasure }) {
    const { t } = useTranslation();
    const at = phases.findIndex((phase) => phase === erasure.phase);
    return (
        <Section title={t('erasure:ui.certificate.progress')}>
            <List type="ordered" role="status">
                {phases.map((phase, i) => (
                    <List.Item key={phase} fw={i === at ? 600 : undefined} c={i > at ? 'dimmed' : undefined}>
                        {t(`erasure:ui.phase.${phase}`)}
                    </List.Item>
                ))}
            </List>
            {erasure.problem && (
                <Alert variant="outline" role="status">
                    {t('erasure:ui.certificate.problem', { reason: erasure.problem })}
                </Alert>
            )}
        </Section>
    );
}

function Certified({ signed, code }: { signed: NonNullable<Erasure['certificate']>; code: string }) {
    const { t } = useTranslation();
    const { certificate } = signed;
    const rows = Object.values(certificate.rows).reduce((sum, count) => sum + count, 0);
    const facts: [string, React.ReactNode][] = [
        ['code', <Code key="code">{certificate.code}</Code>],
        ['pseudonym', <Code key="pseudonym">{certificate.pseudonym}</Code>],
        ['asked_by', t(`erasure:ui.asked_by.${certificate.asked_by}`)],
        ['requested', formatMoment(Date.parse(certificate.requested_at))],
        ['done_on', formatMoment(Date.parse(certificate.ended_at))],
        ['projects', formatInteger(certificate.projects)],
        ['files', formatInteger(certificate.files)],
        ['rows', formatInteger(rows)],
        ['key', <Code key="key">{signed.public_key}</Code>],
    ];
    return (
        <Section title={t('erasure:ui.certificate.facts')} text={t('erasure:ui.certificate.pseudonym_text')}>
            <Facts facts={facts.map(([name, value]) => [t(`erasure:ui.certificate.${name}`), value])} />
            {certificate.elsewhere.includes('tracking') && (
                <Text>{t('erasure:ui.certificate.tracking')}</Text>
            )}
            <Group>
                <Button
                    component="a"
                    href={`/api/v1/erasures/${code}/certificate`}
                    download={`certificate-${code}.json`}
                >
                    {t('erasure:ui.certificate.download')}
                </Button>
            </Group>
            <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                {t('erasure:ui.certificate.check')}
            </Text>
        </Section>
    );
}

/** For whoever knows its number: the account is gone, so nobody is signed in here. */
export default function CertificatePage() {
    const { t } = useTranslation();
    const { code = '' } = useParams();
    const erasure = useErasure(code);
    const done = erasure.data?.phase === 'done';
    return (
        <>
            <Group component="header" justify="space-between" px="lg" py="md">
                <Brand />
                <LanguageSwitch />
            </Group>
            <main>
                <Page
                    title={t('erasure:ui.certificate.title')}
                    lead={erasure.data && t(`erasure:ui.certificate.${done ? 'ended' : 'working'}`)}
                >
                    <Loaded query={erasure}>
                        {(data) => (
                            <Stack gap={40}>
                                {!done && <Progress erasure={data} />}
                                {done && data.certificate && (
                                    <Certified signed={data.certificate} code={data.code} />
                                )}
                                <Alert variant="outline">{t('erasure:ui.certificate.keep')}</Alert>
                            </Stack>
                        )}
                    </Loaded>
                </Page>
            </main>
        </>
    );
}
