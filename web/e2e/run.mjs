// The main job in a real browser against the real server, in both languages, with every state around it; once without
// a mouse. CSVA_PROGRAM=path of csva; CSVA_SHARED_DATA=folder with data/diamonds.csv and data/iris.csv;
// CSVA_E2E_ONLY=en,titanic narrows it while one works on it; CSVA_E2E_PICTURES=0 takes no pictures;
// CSVA_E2E_PROMISE_S: seconds from drop to verdict that fail no run (30).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { pictures, root } from './checks.mjs';
import { cleaning } from './cleaning.mjs';
import { erasure } from './erasure.mjs';
import { predict, train } from './journeys.mjs';
import { withoutMouse } from './keyboard.mjs';
import { monitoring } from './monitoring.mjs';
import { outcomes } from './outcomes.mjs';
import { person } from './person.mjs';
import { privacy } from './privacy.mjs';
import { program, startServer } from './server.mjs';
import { sharing } from './sharing.mjs';
import {
    asColleague,
    firstRun,
    firstRunWithSample,
    liveTraining,
    people,
    tabs,
    uploadStates,
} from './states.mjs';
import { tracking } from './tracking.mjs';
import { twoFactor } from './two_factor.mjs';

const shared = process.env.CSVA_SHARED_DATA;
const folders = [join(root, 'tests/data'), ...(shared ? [join(shared, 'data')] : [])];
const targets = {
    'titanic.csv': 'Survived',
    'telco-churn.csv': 'Churn',
    'diamonds.csv': 'price',
    'iris.csv': 'species',
};
const only = process.env.CSVA_E2E_ONLY?.split(',');
const wanted = (name) => !only || only.includes(name);
const languages = ['en', 'fr'].filter(
    (language) => !only?.some((one) => one.length === 2) || wanted(language),
);
const narrowed = only?.some((one) => one.length > 2);
const runs = (name) => !narrowed || wanted(name);
const failures = [];
const count = { ran: 0, failed: 0, skipped: 0, states: 0 };

/** Texts of the pages by `feature:key` (the `ui.` left out; a key that is no page's is written `feature:/key`). */
function texts(language) {
    return (key) => {
        const [feature, name] = key.split(':');
        const all = JSON.parse(readFileSync(join(root, `locales/${feature}.${language}.json`), 'utf8'));
        return all[name.startsWith('/') ? name.slice(1) : `ui.${name}`];
    };
}

const find = (file) => folders.map((folder) => join(folder, file)).find((path) => existsSync(path));

/** Runs one journey; what breaks it is a failure with a picture, and the next one goes on. */
async function journey({ page }, state, run) {
    const started = Date.now();
    const before = failures.length;
    count.ran += 1;
    try {
        await run();
    } catch (error) {
        failures.push(`${state}: ${error.message}`);
        await page.screenshot({ path: join(pictures, `${state}-failed.png`) }).catch(() => {});
    }
    if (failures.length > before) count.failed += 1;
    console.log(`${state}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

async function visitIn(browser, url, language) {
    const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
    const context = await browser.newContext({ locale, viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    // Nothing comes from another server, on any page.
    context.on('request', (request) => {
        const { protocol, origin } = new URL(request.url());
        if (protocol.startsWith('http') && origin !== url)
            failures.push(`${language}: asked ${request.url()}`);
    });
    page.on('pageerror', (error) => failures.push(`${language}: ${error.message}`));
    page.on('console', (message) => {
        const expected = /status of 4\d\d|ERR_FAILED/.test(message.text());
        if (message.type() === 'error' && !expected) failures.push(`${language}: ${message.text()}`);
    });
    return { page, url, t: texts(language), failures, count };
}

async function oneFile(visit, language, file) {
    const path = find(file);
    const state = `${language}-${file.split('.')[0]}`;
    if (!path) {
        console.log(`skipped ${state}: set CSVA_SHARED_DATA`);
        count.skipped += 1;
        return;
    }
    await journey(visit, state, async () => {
        const took = await train(visit, state, { path, target: targets[file] });
        console.log(`${state}: ${(took / 1000).toFixed(1)} s from drop to verdict`);
        await predict(visit, state, path);
    });
}

async function aroundTitanic(visit, language) {
    const view = `${visit.url}/view/1/`;
    if (runs('tracking')) await journey(visit, `${language}-tracking`, () => tracking(visit, language));
    if (runs('tabs')) await journey(visit, `${language}-tabs`, () => tabs(visit, language, view));
    if (runs('live')) {
        const go = () => liveTraining(visit, language, view, targets['titanic.csv']);
        await journey(visit, `${language}-live`, go);
    }
    if (runs('sharing')) {
        const stranger = await visitIn(visit.page.context().browser(), visit.url, language);
        const go = () => sharing(visit, stranger, language, view);
        await journey(visit, `${language}-sharing`, go);
        await stranger.page.context().close();
    }
    if (runs('cleaning')) await journey(visit, `${language}-cleaning`, () => cleaning(visit, language, view));
}

async function sample(browser, language) {
    const server = await startServer({ sample: true });
    try {
        const visit = await visitIn(browser, server.url, language);
        await journey(visit, `${language}-sample`, () => firstRunWithSample(visit, language, server.link));
        await visit.page.context().close();
    } finally {
        await server.stop();
    }
}

/** Everything in one language, on a store of its own. */
async function inLanguage(browser, language) {
    const server = await startServer();
    try {
        const visit = await visitIn(browser, server.url, language);
        await journey(visit, `${language}-first-run`, () => firstRun(visit, language, server.link));
        if (runs('upload')) await journey(visit, `${language}-upload`, () => uploadStates(visit, language));
        for (const file of Object.keys(targets))
            if (runs(file.split('.')[0])) await oneFile(visit, language, file);
        await aroundTitanic(visit, language);
        if (runs('privacy'))
            await journey(visit, `${language}-privacy`, () => privacy(visit, `${language}-privacy`));
        if (runs('person')) await journey(visit, `${language}-person`, () => person(visit, language));
        if (runs('monitoring'))
            await journey(visit, `${language}-monitoring`, () => monitoring(visit, language));
        if (runs('outcomes')) await journey(visit, `${language}-outcomes`, () => outcomes(visit, language));
        if (runs('two-factor'))
            await journey(visit, `${language}-two-factor`, () => twoFactor(visit, language));
        if (runs('people')) {
            await journey(visit, `${language}-people`, () => people(visit, language));
            const go = () => asColleague(visit, language, find('titanic.csv'));
            await journey(visit, `${language}-colleague`, go);
            const end = () => erasure(visit, language, { path: find('titanic.csv'), program });
            await journey(visit, `${language}-erasure`, end);
        }
        await visit.page.context().close();
        if (runs('keyboard')) {
            const fresh = await visitIn(browser, server.url, language);
            const wish = { path: find('titanic.csv'), target: targets['titanic.csv'] };
            await journey(fresh, `${language}-keyboard`, () => withoutMouse(fresh, wish));
            await fresh.page.context().close();
        }
    } finally {
        await server.stop();
    }
}

const started = Date.now();
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
    for (const language of languages) {
        if (runs('sample')) await sample(browser, language);
        await inLanguage(browser, language);
    }
} finally {
    await browser.close();
}
for (const failure of failures) console.error(`FAILED ${failure}`);
const seconds = ((Date.now() - started) / 1000).toFixed(0);
console.log(`${count.states} states looked at in ${seconds} s, ${failures.length} findings`);
// The form that tools/summary.py counts.
console.log(
    `Browser journeys: ${count.ran + count.skipped} ran, ${count.failed} failed, ${count.skipped} skipped`,
);
process.exit(failures.length > 0 ? 1 : 0);
