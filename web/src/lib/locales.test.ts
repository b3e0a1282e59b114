import IntlMessageFormat from 'intl-messageformat';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const locales = resolve(import.meta.dirname, '../../../locales');
const sources = resolve(import.meta.dirname, '..');
const server = resolve(import.meta.dirname, '../../../src');
const read = (name: string) =>
    JSON.parse(readFileSync(resolve(locales, name), 'utf8')) as Record<string, string>;
const features = readdirSync(locales)
    .filter((name) => name.endsWith('.en.json'))
    .map((name) => name.split('.')[0]!);

interface Part {
    type: number;
    value?: string;
    options?: Record<string, { value: Part[] }>;
}

/** Names of the arguments of a message, with those inside plural and select branches. */
function names(parts: Part[]): string[] {
    const argument = (part: Part) => part.type > 0 && part.type < 7 && part.value !== undefined;
    return parts.flatMap((part) => [
        ...(argument(part) ? [part.value!] : []),
        ...Object.values(part.options ?? {}).flatMap((option) => names(option.value)),
    ]);
}

const placeholders = (text: string) => names(new IntlMessageFormat(text, 'en').getAst() as Part[]);

describe('catalogues', () => {
    it.each(features)('%s has the same keys and placeholders in English and French', (feature) => {
        const en = read(`${feature}.en.json`);
        const fr = read(`${feature}.fr.json`);
        expect(Object.keys(fr).sort()).toEqual(Object.keys(en).sort());
        const differing = Object.keys(en).filter(
            (key) =>
                new Set(placeholders(en[key]!)).symmetricDifference(new Set(placeholders(fr[key]!))).size > 0,
        );
        expect(differing.filter((key) => key.startsWith('ui.'))).toEqual([]);
        expect(
            Object.values(en)
                .concat(Object.values(fr))
                .filter((text) => !text.trim()),
        ).toEqual([]);
    });

    it.each(features)('%s has French spaces before its signs, and no straight apostrophe', (feature) => {
        const wrong = Object.entries(read(`${feature}.fr.json`)).filter(
            ([, text]) => / [;:!?»%](?=[ .,)»}]|$)|« /.test(text) || /[a-z]'[a-zéèê]/i.test(text),
        );
        expect(wrong).toEqual([]);
    });

    it('hold no text of the pages that nothing names', () => {
        const all = [sources, server]
            .flatMap((folder) =>
                readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) =>
                    resolve(folder, file),
                ),
            )
            .filter((file) => /\.(tsx?|cpp)$/.test(file) && !file.includes('.test.'))
            .map((file) => readFileSync(file, 'utf8'))
            .join('\n');
        // A key is named whole, or by its beginning when its end is a value: `training:ui.task.${task}`.
        const named = [...all.matchAll(/(\w+:[\w.]+)(\$\{)?/g)].map(([, key, open]) => ({ key, open }));
        const wholes = new Set(named.filter(({ open }) => !open).map(({ key }) => key));
        const beginnings = named.filter(({ open }) => open).map(({ key }) => key!);
        const unused = features.flatMap((feature) =>
            Object.keys(read(`${feature}.en.json`))
                .filter((key) => key.startsWith('ui.'))
                .map((key) => `${feature}:${key}`)
                .filter((key) => !wholes.has(key) && !beginnings.some((begin) => key.startsWith(begin))),
        );
        expect(unused).toEqual([]);
    });

    it('hold every key that the pages name', () => {
        const missing: string[] = [];
        for (const file of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
            if (!/\.tsx?$/.test(file) || file.includes('.test.')) continue;
            const text = readFileSync(resolve(sources, file), 'utf8');
            for (const [, feature, key] of text.matchAll(/['"`](\w+):(ui\.[\w.]+)['"`]/g)) {
                if (!(key! in read(`${feature}.en.json`))) missing.push(`${feature}:${key}`);
            }
        }
        expect(missing).toEqual([]);
    });
});
