import { describe, expect, it } from 'vitest';
import { browserName } from './agent';
import { formatAgo, formatBytes, formatDuration, formatFixed, formatNumber, formatPercent } from './format';
import { changeLanguage, preferredLanguage } from './i18n';

describe('numbers as people read them', () => {
    it.each([
        [1234567, '1,234,567'],
        [0.123456, '0.1235'],
        [123456.789, '123,457'],
        [NaN, '–'],
        [1.5e12, '1,500,000,000,000'],
        [0.0000123, '1.23E-5'],
    ])('%s is %s', (value, text) => expect(formatNumber(value)).toBe(text));

    it('follow the language', async () => {
        await changeLanguage('fr');
        expect(formatPercent(0.5).replace(/\s/g, ' ')).toBe('50 %');
        expect(formatNumber(1234.5, 5).replace(/\s/g, ' ')).toBe('1 234,5');
        expect(preferredLanguage()).toBe('fr');
        await changeLanguage('en');
    });

    it('have no sign when they round to nothing', () => {
        expect(formatPercent(-0.0004)).toBe('0%');
        expect(formatPercent(-0.004, 1)).toBe('-0.4%');
        expect(formatFixed(-0.0001, 3)).toBe('0.000');
    });

    it('have units', () => {
        expect(formatBytes(10 * 1024 * 1024)).toBe('10 MB');
        expect(formatBytes(1536)).toBe('1.5 kB');
        expect(formatBytes(13)).toBe('13 bytes');
        expect(formatDuration(80)).toBe('1 min 20 s');
        expect(formatDuration(120)).toBe('2 min');
        expect(formatDuration(4.4)).toBe('4 s');
        expect(formatAgo(Date.now() - 3 * 60_000)).toBe('3 minutes ago');
        expect(formatAgo(Date.now())).toBe('now');
    });
});

describe('browser names', () => {
    it.each([
        ['Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537 Edg/130', 'Edge · Windows'],
        ['curl/8.0', 'curl/8.0'],
        ['', '–'],
    ])('%s is %s', (agent, name) => expect(browserName(agent)).toBe(name));
});
