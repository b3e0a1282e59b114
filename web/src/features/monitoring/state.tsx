import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { WatchedModel, Window } from './queries';

/** In one word how a model fares: its newest window, and losing quality outweighs the rest. */
export type Standing = 'worse' | 'drifted' | 'suspected' | 'too_few_rows' | 'stable' | 'unjudged';

const order: Standing[] = ['worse', 'drifted', 'suspected', 'too_few_rows', 'unjudged', 'stable'];
const signs: Record<Standing, string> = {
    worse: '▼',
    drifted: '◆',
    suspected: '◇',
    too_few_rows: '…',
    stable: '✓',
    unjudged: '…',
};

export function standingOf(window: Window | null | undefined): Standing {
    if (!window) return 'unjudged';
    return window.quality.state === 'worse' ? 'worse' : window.state;
}

export const isAlarm = (standing: Standing) => standing === 'worse' || standing === 'drifted';

export const worstFirst = (models: WatchedModel[]) =>
    [...models].sort(
        (a, b) =>
            order.indexOf(standingOf(a.last)) - order.indexOf(standingOf(b.last)) || b.model.id - a.model.id,
    );

/** The standing as a sign and a word. */
export function StandingWord({ standing }: { standing: Standing }) {
    const { t } = useTranslation();
    const color = isAlarm(standing)
        ? 'var(--mantine-color-error)'
        : standing === 'stable'
          ? 'var(--csva-accent)'
          : undefined;
    return (
        <Text component="span" fw={650} c={color} data-standing={standing}>
            <span aria-hidden="true">{signs[standing]}</span> {t(`monitoring:ui.standing.${standing}`)}
        </Text>
    );
}

/** The name by which others ask for a model, else that of the leaderboard. */
export const nameOf = (one: WatchedModel) => one.addresses[0]?.replace('models:/', '') ?? one.model.name;
