import { currentLanguage } from './i18n';

const forms = new Map<string, Intl.NumberFormat>();

/** What rounds to nothing has no sign. */
function numberForm(options: Intl.NumberFormatOptions): Intl.NumberFormat {
    const key = currentLanguage() + JSON.stringify(options);
    let form = forms.get(key);
    if (!form) {
        form = new Intl.NumberFormat(currentLanguage(), { signDisplay: 'negative', ...options });
        forms.set(key, form);
    }
    return form;
}

export const formatInteger = (value: number) => numberForm({ maximumFractionDigits: 0 }).format(value);

/** A number as people read it: whole numbers whole, others with at most `digits` significant digits. */
export function formatNumber(value: number, digits = 4): string {
    if (!Number.isFinite(value)) return '–';
    if (Number.isInteger(value) && Math.abs(value) < 1e15) return formatInteger(value);
    const size = Math.abs(value);
    if (size >= 1e9 || size < 1e-4) {
        return numberForm({ notation: 'scientific', maximumSignificantDigits: digits }).format(value);
    }
    return numberForm({ maximumSignificantDigits: Math.max(digits, Math.ceil(Math.log10(size))) }).format(
        value,
    );
}

/** A number with so many decimals, for columns of them. */
export const formatFixed = (value: number, digits: number) =>
    numberForm({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

export const formatPercent = (ratio: number, digits = 0) =>
    numberForm({ style: 'percent', maximumFractionDigits: digits }).format(ratio);

export function formatBytes(bytes: number): string {
    const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
    let value = bytes;
    let unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
        value /= 1024;
        unit += 1;
    }
    const options = {
        style: 'unit',
        unit: units[unit],
        unitDisplay: unit > 0 ? 'short' : 'long',
        maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0,
    } as const;
    return numberForm(options).format(value);
}

export const formatTime = (ms: number) =>
    new Intl.DateTimeFormat(currentLanguage(), { dateStyle: 'medium', timeStyle: 'short' }).format(ms);

/** Day and minute without the year, for narrow heads. */
export const formatMoment = (ms: number) =>
    new Intl.DateTimeFormat(currentLanguage(), {
        day: 'numeric',
        month: 'short',
        hour: '2-digit',
        minute: '2-digit',
    }).format(ms);

export const formatDay = (ms: number) =>
    new Intl.DateTimeFormat(currentLanguage(), { dateStyle: 'medium' }).format(ms);

/** A name as each language quotes it. */
export const quoted = (name: unknown) =>
    currentLanguage() === 'fr' ? `«\u00a0${String(name)}\u00a0»` : `“${String(name)}”`;

/** Names, quoted, as a list: the first `most` of them, then an ellipsis. */
export function formatNames(names: readonly string[], most = names.length): string {
    const shown = names.slice(0, most).map(quoted);
    if (names.length > most) return `${shown.join(', ')}…`;
    return new Intl.ListFormat(currentLanguage(), { type: 'conjunction' }).format(shown);
}

/** "3 minutes ago" in the page's language. */
export function formatAgo(ms: number, now = Date.now()): string {
    const steps: [Intl.RelativeTimeFormatUnit, number][] = [
        ['day', 86_400_000],
        ['hour', 3_600_000],
        ['minute', 60_000],
        ['second', 1000],
    ];
    const form = new Intl.RelativeTimeFormat(currentLanguage(), { numeric: 'auto' });
    for (const [unit, size] of steps) {
        if (Math.abs(now - ms) >= size) return form.format(Math.round((ms - now) / size), unit);
    }
    return form.format(0, 'second');
}

/** Seconds as "1 min 20 s". */
export function formatDuration(seconds: number): string {
    const whole = Math.max(0, Math.round(seconds));
    if (whole < 1) return '< 1 s';
    if (whole < 60) return `${whole} s`;
    return whole % 60 === 0
        ? `${Math.floor(whole / 60)} min`
        : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
