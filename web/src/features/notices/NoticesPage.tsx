import { Alert, Badge, Button, Checkbox, Group, Radio, Stack, Text } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Page } from '../../components/Page';
import { Section } from '../../components/Section';
import { ErrorNote, Loaded } from '../../components/States';
import { formatAgo } from '../../lib/format';
import {
    useChangeChoices,
    useChoices,
    useMarkRead,
    useNotices,
    useTestMail,
    type Choices,
    type Notice,
} from './queries';

function NoticeRow({ notice }: { notice: Notice }) {
    const { t } = useTranslation();
    return (
        <li className="card" style={{ padding: '14px 18px', listStyle: 'none' }}>
            <Group justify="space-between" align="flex-start">
                <div style={{ minWidth: 0, flex: '1 1 240px' }}>
                    <Text
                        component="div"
                        fw={notice.read_at ? 400 : 650}
                        style={{ overflowWrap: 'anywhere' }}
                    >
                        {notice.title}{' '}
                        {!notice.read_at && (
                            <Badge variant="outline" size="sm" color="var(--csva-accent)">
                                {t('notices:ui.new')}
                            </Badge>
                        )}
                    </Text>
                    <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                        {notice.text}
                    </Text>
                    <Text size="xs" c="dimmed" mt={4}>
                        {formatAgo(notice.created_at)}
                    </Text>
                </div>
                {notice.link && (
                    <Button
                        component={Link}
                        to={notice.link}
                        size="xs"
                        variant="default"
                        aria-label={t('notices:ui.show_label', { title: notice.title })}
                        style={{ flexShrink: 0 }}
                    >
                        {t('notices:ui.show')}
                    </Button>
                )}
            </Group>
        </li>
    );
}

function NoticeList() {
    const { t } = useTranslation();
    const notices = useNotices();
    const markRead = useMarkRead();
    return (
        <Loaded query={notices}>
            {(data) => {
                const all = data.pages.flatMap((page) => page.notices);
                const newest = all[0];
                if (!newest) return <p>{t('notices:ui.empty')}</p>;
                return (
                    <Stack gap="sm">
                        {markRead.error && <ErrorNote error={markRead.error} />}
                        {data.pages[0]!.unread > 0 && (
                            <div>
                                <Button
                                    size="xs"
                                    variant="default"
                                    loading={markRead.isPending}
                                    onClick={() => markRead.mutate(newest.id)}
                                >
                                    {t('notices:ui.mark_read')}
                                </Button>
                            </div>
                        )}
                        <Stack component="ul" gap="xs" m={0} p={0}>
                            {all.map((notice) => (
                                <NoticeRow key={notice.id} notice={notice} />
                            ))}
                        </Stack>
                        {notices.hasNextPage && (
                            <div>
                                <Button variant="default" onClick={() => void notices.fetchNextPage()}>
                                    {t('notices:ui.more')}
                                </Button>
                            </div>
                        )}
                    </Stack>
                );
            }}
        </Loaded>
    );
}

/** Why no mail comes, or where it goes. */
function mailText(choices: Choices, t: TFunction) {
    if (!choices.mail_possible) return t('notices:ui.choices.mail_off');
    if (!choices.email) return t('notices:ui.choices.no_address');
    return t('notices:ui.choices.mail_to', { email: choices.email });
}

function ChoicesPart() {
    const { t } = useTranslation();
    const choices = useChoices();
    const change = useChangeChoices();
    const test = useTestMail();
    return (
        <Section title={t('notices:ui.choices.title')} text={t('notices:ui.choices.always')}>
            {change.error && <ErrorNote error={change.error} />}
            {test.error && <ErrorNote error={test.error} />}
            {test.isSuccess && (
                <Alert variant="outline" role="status">
                    {t('notices:ui.choices.test_sent')}
                </Alert>
            )}
            <Loaded query={choices}>
                {(data) => (
                    <Stack>
                        <Radio.Group
                            label={t('notices:ui.choices.jobs')}
                            value={data.jobs}
                            onChange={(jobs) => change.mutate({ jobs: jobs as Choices['jobs'] })}
                        >
                            <Stack gap={6} mt={6}>
                                {(['none', 'long_or_failed', 'all'] as const).map((value) => (
                                    <Radio
                                        key={value}
                                        value={value}
                                        label={t(`notices:ui.choices.jobs.${value}`)}
                                    />
                                ))}
                            </Stack>
                        </Radio.Group>
                        <Checkbox
                            label={t('notices:ui.choices.alerts')}
                            checked={data.alerts}
                            onChange={(event) => change.mutate({ alerts: event.currentTarget.checked })}
                        />
                        <Checkbox
                            label={t('notices:ui.choices.by_mail')}
                            description={mailText(data, t)}
                            checked={data.by_mail}
                            onChange={(event) => change.mutate({ by_mail: event.currentTarget.checked })}
                        />
                        {data.mail_possible && data.email && (
                            <div>
                                <Button
                                    size="xs"
                                    variant="default"
                                    loading={test.isPending}
                                    onClick={() => test.mutate()}
                                >
                                    {t('notices:ui.choices.test')}
                                </Button>
                            </div>
                        )}
                    </Stack>
                )}
            </Loaded>
        </Section>
    );
}

export default function NoticesPage() {
    const { t } = useTranslation();
    return (
        <Page title={t('notices:ui.title')} lead={t('notices:ui.lead')}>
            <Stack gap={48}>
                <NoticeList />
                <ChoicesPart />
            </Stack>
        </Page>
    );
}
