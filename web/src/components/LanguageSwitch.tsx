import { SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { changeLanguage, currentLanguage, type Language } from '../lib/i18n';

export function LanguageSwitch({ onChosen }: { onChosen?: (language: Language) => void }) {
    const { t } = useTranslation();
    return (
        <SegmentedControl
            size="xs"
            aria-label={t('base:ui.language')}
            value={currentLanguage()}
            data={[
                { value: 'en', label: <span lang="en">English</span> },
                { value: 'fr', label: <span lang="fr">Français</span> },
            ]}
            onChange={(value) => {
                void changeLanguage(value as Language);
                onChosen?.(value as Language);
            }}
        />
    );
}
