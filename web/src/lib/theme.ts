import { createTheme, type CSSVariablesResolver } from '@mantine/core';

/** One quiet colour; shade 8 on white and shade 3 on the dark ground keep a contrast above 4.5. */
export const theme = createTheme({
    primaryColor: 'pine',
    primaryShade: { light: 8, dark: 8 },
    colors: {
        pine: [
            '#eaf6f5',
            '#d3ebe9',
            '#a6d8d4',
            '#78c4be',
            '#52b0a9',
            '#36988f',
            '#21817a',
            '#15706b',
            '#0b605c',
            '#064a47',
        ],
    },
    fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
    fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", monospace',
    headings: { fontWeight: '650' },
    defaultRadius: 'md',
    cursorType: 'pointer',
    respectReducedMotion: true,
});

/** Mantine's grey for secondary text is too pale on tinted grounds. */
export const cssVariables: CSSVariablesResolver = () => ({
    variables: {},
    light: {
        '--mantine-color-dimmed': '#566069',
        '--mantine-color-body': '#ffffff',
        '--mantine-color-error': '#b42318',
        '--csva-ground': '#f7f8f8',
        '--csva-line': '#e1e5e7',
        '--csva-bar': '#4d9f99',
        '--csva-warn': '#96400a',
        '--csva-accent': '#0b605c',
        '--mantine-color-placeholder': '#6b757d',
    },
    dark: {
        '--mantine-color-dimmed': '#aab4bc',
        '--mantine-color-error': '#ff8f85',
        '--csva-ground': '#15191b',
        '--mantine-color-body': '#1c2124',
        '--csva-line': '#343c40',
        '--csva-bar': '#52b0a9',
        '--csva-warn': '#f4b183',
        '--csva-accent': '#78c4be',
        '--mantine-color-placeholder': '#98a2aa',
    },
});
