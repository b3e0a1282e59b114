import i18next, { type TFunction } from 'i18next';
import ICU from 'i18next-icu';
import { initReactI18next } from 'react-i18next';
import { setRequestLanguage } from '../api/client';

export const languages = ['en', 'fr'] as const;
export type Language = (typeof languages)[number];

const storageKey = 'csva.language';
const load = { en: () => import('virtual:locale/en'), fr: () => import('virtual:locale/fr') };

export function preferredLanguage(): Language {
    const wish = localStorage.getItem(storageKey) ?? navigator.language;
    return wish.toLowerCase().startsWith('fr') ? 'fr' : 'en';
}

async function addCatalogues(language: Language) {
    const catalogues = (await load[language]()).default;
    for (const [feature, texts] of Object.entries(catalogues))
        i18next.addResourceBundle(language, feature, texts);
}

function apply(language: Language) {
    document.documentElement.lang = language;
    setRequestLanguage(language);
}

export async function startI18n(language: Language = preferredLanguage()) {
    await i18next
        .use(ICU)
        .use(initReactI18next)
        .init({
            lng: language,
            fallbackLng: false,
            resources: {},
            defaultNS: 'base',
            nsSeparator: ':',
            keySeparator: false,
            interpolation: { escapeValue: false },
            react: { useSuspense: false },
        });
    await addCatalogues(language);
    apply(language);
}

/** Changes the language of the page without a reload and remembers it in this browser. */
export async function changeLanguage(language: Language) {
    localStorage.setItem(storageKey, language);
    await addCatalogues(language);
    apply(language);
    await i18next.changeLanguage(language);
}

/** A text, or what to say where this version of the pages has none for it. */
export const textOr = (t: TFunction, key: string, otherwise: string, values?: object): string =>
    i18next.exists(key) ? t(key, { ...values }) : otherwise;

export const currentLanguage = (): Language => (i18next.language === 'fr' ? 'fr' : 'en');
