import { Button, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { DataTable } from '../../components/DataTable';
import { Section } from '../../components/Section';
import { ErrorNote } from '../../components/States';
import { formatDay } from '../../lib/format';
import { useIdentities, useLinkIdentity, useUnlinkIdentity } from './queries';

/** Nothing is shown where no identity provider is set. */
export function IdentitiesPart() {
    const { t } = useTranslation();
    const { data } = useIdentities();
    const link = useLinkIdentity();
    const unlink = useUnlinkIdentity();
    if (!data?.provider) return null;
    const error = link.error ?? unlink.error;
    return (
        <Section
            title={t('accounts:ui.identities.title', { provider: data.provider })}
            term={t('accounts:ui.identities.term')}
            text={t('accounts:ui.identities.text')}
        >
            <Stack>
                {error && <ErrorNote error={error} />}
                {data.identities.length > 0 && (
                    <DataTable
                        label={t('accounts:ui.identities.title', { provider: data.provider })}
                        rows={data.identities}
                        rowKey={(row) => row.id}
                        columns={[
                            {
                                key: 'subject',
                                head: t('accounts:ui.identities.subject'),
                                rowHead: true,
                                cell: (row) => row.subject,
                            },
                            {
                                key: 'since',
                                head: t('accounts:ui.identities.since'),
                                cell: (row) => formatDay(row.created_at),
                            },
                            {
                                key: 'unlink',
                                head: (
                                    <span className="visually-hidden">
                                        {t('accounts:ui.identities.unlink')}
                                    </span>
                                ),
                                cell: (row) => (
                                    <Button
                                        size="xs"
                                        variant="default"
                                        aria-label={t('accounts:ui.identities.unlink_label', {
                                            name: row.subject,
                                        })}
                                        onClick={() => unlink.mutate(row.id)}
                                    >
                                        {t('accounts:ui.identities.unlink')}
                                    </Button>
                                ),
                            },
                        ]}
                    />
                )}
                <div>
                    <Button
                        variant="default"
                        loading={link.isPending}
                        onClick={() =>
                            link.mutate(undefined, {
                                onSuccess: (answer) => location.assign(answer.address),
                            })
                        }
                    >
                        {t('accounts:ui.identities.link', { provider: data.provider })}
                    </Button>
                </div>
            </Stack>
        </Section>
    );
}
