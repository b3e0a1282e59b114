import { ActionIcon, Indicator } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useUnread } from './queries';

/** The way to the notices, with a mark while some are new. */
export function Bell() {
    const { t } = useTranslation();
    const count = useUnread().data ?? 0;
    return (
        <Indicator
            disabled={count === 0}
            label={count > 99 ? '99+' : count}
            size={16}
            offset={4}
            aria-hidden={false}
        >
            <ActionIcon
                component={Link}
                to="/notices/"
                variant="default"
                size={30}
                aria-label={t('notices:ui.bell', { count })}
                title={t('notices:ui.bell', { count })}
            >
                <svg width="16" height="16" viewBox="0 0 16 16" fill="none" aria-hidden="true">
                    <path
                        d="M8 1.8a4 4 0 0 0-4 4v2.6L2.8 11h10.4L12 8.4V5.8a4 4 0 0 0-4-4ZM6.4 13a1.7 1.7 0 0 0 3.2 0"
                        stroke="currentColor"
                        strokeWidth="1.4"
                        strokeLinecap="round"
                        strokeLinejoin="round"
                    />
                </svg>
            </ActionIcon>
        </Indicator>
    );
}
