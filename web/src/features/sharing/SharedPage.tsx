import { Alert, Container, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { Brand } from '../../components/Brand';
import { DataTable } from '../../components/DataTable';
import { LanguageSwitch } from '../../components/LanguageSwitch';
import { MiniBars } from '../../components/MiniBars';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { ErrorNote, Loading } from '../../components/States';
import { formatDay, formatInteger, formatNumber, formatPercent } from '../../lib/format';
import { edgeText } from '../exploring/describe';
import { currentLanguage } from '../../lib/i18n';
import { VerdictView } from '../training/VerdictView';
import { TypeBadge } from '../exploring/ColumnsPart';
import { useShared, type SharedColumn, type SharedView } from './queries';

const share = (part: number, all: number) => formatPercent(all === 0 ? 0 : part / all, 1);

function Usual({ column }: { column: SharedColumn }) {
    const { t } = useTranslation();
    const edge = (value: number) => edgeText(column.type, value, currentLanguage());
    if (column.top_values.length > 0 && column.type !== 'real')
        return column.top_values
            .slice(0, 5)
            .map((row) =>
                t('sharing:ui.page.values_text', { value: row.value, share: share(row.count, column.count) }),
            )
            .join(', ');
    const [, low, middle, high] = column.quantiles;
    if (low !== undefined && middle !== undefined && high !== undefined)
        return t('sharing:ui.page.middle_text', { low: edge(low), middle: edge(middle), high: edge(high) });
    return column.mean == null ? '–' : formatNumber(column.mean);
}

function Spread({ column }: { column: SharedColumn }) {
    const { t } = useTranslation();
    const { histogram } = column;
    if (!histogram || histogram.counts.length < 2) return '–';
    const edge = (value: number) => edgeText(column.type, value, currentLanguage());
    return (
        <MiniBars
            counts={histogram.counts}
            label={t('sharing:ui.page.spread_text', { low: edge(histogram.low), high: edge(histogram.high) })}
            width={140}
            height={32}
        />
    );
}

function Columns({ profile }: { profile: NonNullable<SharedView['profile']> }) {
    const { t } = useTranslation();
    const cells = profile.rows * profile.columns.length;
    return (
        <Section
            title={t('sharing:ui.page.columns')}
            text={t('sharing:ui.page.size', {
                rows: profile.rows,
                columns: profile.columns.length,
                share: share(profile.missing_cells, cells),
            })}
        >
            <DataTable
                label={t('sharing:ui.page.columns')}
                rows={profile.columns}
                rowKey={(_, index) => index}
                minWidth={720}
                columns={[
                    {
                        key: 'name',
                        head: t('sharing:ui.page.column'),
                        rowHead: true,
                        cell: (row) => row.name,
                    },
                    {
                        key: 'type',
                        head: t('sharing:ui.page.type'),
                        cell: (row) => <TypeBadge type={row.type} />,
                    },
                    {
                        key: 'missing',
                        head: t('sharing:ui.page.missing'),
                        number: true,
                        cell: (row) => share(row.missing, row.count + row.missing),
                    },
                    {
                        key: 'distinct',
                        head: t('sharing:ui.page.distinct'),
                        number: true,
                        cell: (row) => formatInteger(row.distinct),
                    },
                    {
                        key: 'usual',
                        head: t('sharing:ui.page.middle'),
                        cell: (row) => <Usual column={row} />,
                    },
                    {
                        key: 'spread',
                        head: t('sharing:ui.page.spread'),
                        cell: (row) => <Spread column={row} />,
                    },
                ]}
            />
        </Section>
    );
}

function Frame({ children }: { children: ReactNode }) {
    return (
        <>
            <header className="header">
                <Container size={1680} px={{ base: 'md', sm: 'xl' }}>
                    <Group justify="space-between" h={60} wrap="nowrap">
                        <Brand />
                        <LanguageSwitch />
                    </Group>
                </Container>
            </header>
            <main id="content">{children}</main>
        </>
    );
}

/** What a link shows to whoever has it, without an account. */
export default function SharedPage() {
    const { t } = useTranslation();
    const { token } = useParams();
    const view = useShared(token ?? '');
    if (view.isPending)
        return (
            <Frame>
                <Container py="xl">
                    <Loading />
                </Container>
            </Frame>
        );
    if (!view.data)
        return (
            <Frame>
                <Page title={t('sharing:ui.page.refused')}>
                    <ErrorNote error={view.error} />
                </Page>
            </Frame>
        );
    const { data } = view;
    return (
        <Frame>
            <Page
                title={data.label}
                lead={<Text span>{t('sharing:ui.page.lead', { name: data.name })}</Text>}
            >
                <Stack gap={32}>
                    <Alert variant="outline" role="note">
                        {t('sharing:ui.page.banner', { until: formatDay(data.expires_at) })}
                    </Alert>
                    {data.profile && <Columns profile={data.profile} />}
                    {data.report && <VerdictView report={data.report} />}
                </Stack>
            </Page>
        </Frame>
    );
}
