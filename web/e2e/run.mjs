// The main job in a real browser against the real server, in both languages; once without a mouse.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { pictures } from './checks.mjs';
import { around, predict, signIn, train, withoutMouse } from './journeys.mjs';
import { startServer } from './server.mjs';

const root = resolve(import.meta.dirname, '../..');
const shared = process.env.CSVA_SHARED_DATA;
const folders = [join(root, 'tests/data'), ...(shared ? [join(shared, 'data')] : [])];
const wanted = (process.env.CSVA_E2E_FILES ?? 'titanic.csv,telco-churn.csv,diamonds.csv,iris.csv').split(',');
const targets = {
    'titanic.csv': 'Survived',
    'telco-churn.csv': 'Churn',
    'diamonds.csv': 'price',
    'iris.csv': 'species',
};
const failures = [];
const count = { done: 0, skipped: 0 };

function texts(language) {
    return (key) => {
        const [feature, name] = key.split(':');
        return JSON.parse(readFileSync(join(root, `locales/${feature}.${language}.json`), 'utf8'))[
            `ui.${name}`
        ];
    };
}

const find = (file) => folders.map((folder) => join(folder, file)).find((path) => existsSync(path));

/** Runs one journey; what breaks it is a failure with a picture, and the next one goes on. */
async function journey(page, state, run) {
    try {
        await run();
        count.done += 1;
    } catch (error) {
        failures.push(`${state}: ${error.message}`);
        await page.screenshot({ path: join(pictures, `${state}-failed.png`) });
    }
}

async function visitIn(browser, url, language) {
    const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
    const context = await browser.newContext({ locale, viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    page.on('pageerror', (error) => failures.push(`${language}: ${error.message}`));
    page.on('console', (message) => {
        const expected = /status of 40[134]/.test(message.text());
        if (message.type() === 'error' && !expected) failures.push(`${language}: ${message.text()}`);
    });
    return { page, url, t: texts(language), failures };
}

async function allFiles(visit, language) {
    for (const file of wanted) {
        const path = find(file);
        const state = `${language}-${file.split('.')[0]}`;
        if (!path) {
            console.log(`skipped ${state}: set CSVA_SHARED_DATA`);
            count.skipped += 1;
            continue;
        }
        await journey(visit.page, state, async () => {
            const took = await train(visit, state, { path, target: targets[file] });
            console.log(`${state}: ${(took / 1000).toFixed(1)} s from drop to verdict`);
            const view = visit.page.url().split('?')[0];
            await predict(visit, state, path);
            if (file === wanted[0]) await around(visit, language, view);
        });
    }
}

const server = await startServer();
const browser = await chromium.launch({
    executablePath: process.env.CSVA_CHROMIUM ?? '/usr/bin/chromium',
    args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
    ],
});
try {
    for (const language of ['en', 'fr']) {
        const visit = await visitIn(browser, server.url, language);
        await journey(visit.page, `${language}-sign-in`, () => signIn(visit, language));
        await allFiles(visit, language);
        const path = find('iris.csv') ?? find('titanic.csv');
        const target = path.endsWith('iris.csv') ? 'species' : 'Survived';
        await journey(visit.page, `${language}-keyboard`, () => withoutMouse(visit, { path, target }));
        await visit.page.context().close();
    }
} finally {
    await browser.close();
    await server.stop();
}
for (const failure of failures) console.error(`FAILED ${failure}`);
console.log(`end-to-end: ${count.done} journeys done, ${count.skipped} skipped, ${failures.length} failures`);
process.exit(failures.length > 0 ? 1 : 0);
