// What a person does, step by step.
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './checks.mjs';
import { name, password } from './server.mjs';

const limitMs = 30_000;

export async function signIn({ page, url, t, failures }, state) {
    await page.goto(`${url}/`);
    const secret = page.getByLabel(t('accounts:login.password'), { exact: true });
    await page.getByLabel(t('accounts:login.name')).fill(name);
    await check(page, `${state}-login`, failures);
    await secret.fill('wrong');
    await page.getByRole('button', { name: t('accounts:login.submit') }).click();
    await page.getByRole('alert').waitFor();
    await check(page, `${state}-login-refused`, failures);
    await secret.fill(password);
    await page.getByRole('button', { name: t('accounts:login.submit') }).click();
    await page.getByRole('heading', { level: 1, name: t('datasets:home.title') }).waitFor();
}

async function chooseTarget({ page, t }, target) {
    const field = page.getByRole('combobox', { name: t('training:target.label') });
    await field.click();
    await field.fill(target);
    await page.getByRole('option', { name: target, exact: true }).click();
}

/** Drop a file, train, read the verdict; at most 30 s. Returns the time in ms. */
export async function train(visit, state, { path, target }) {
    const { page, url, t, failures } = visit;
    await page.goto(`${url}/`);
    await page.locator('input[type=file]').waitFor({ state: 'attached' });
    const started = Date.now();
    await page.locator('input[type=file]').setInputFiles(path);
    await page.getByRole('button', { name: t('datasets:view.predict') }).click({ timeout: limitMs });
    await chooseTarget(visit, target);
    await page.getByRole('button', { name: t('training:start') }).click();
    await page.locator('.verdict').waitFor({ timeout: 90_000 });
    const took = Date.now() - started;
    if (took > limitMs) failures.push(`${state}: ${took} ms from drop to trained model`);
    await check(page, `${state}-verdict`, failures);
    return took;
}

/** The first rows of a file, to predict as a batch. */
function batchOf(path) {
    const out = join(tmpdir(), `batch-${process.pid}.csv`);
    writeFileSync(out, readFileSync(path, 'utf8').split(/\r?\n/).slice(0, 51).join('\n'));
    return out;
}

export async function predict({ page, t, failures }, state, path) {
    await page
        .getByRole('link', { name: t('training:leaderboard.try_short') })
        .first()
        .click();
    await page.getByRole('button', { name: t('predictions:submit') }).click();
    await page.locator('.answer .sentence').waitFor();
    await check(page, `${state}-prediction`, failures);
    await page.locator('input[type=file]').setInputFiles(batchOf(path));
    const link = page.getByRole('link', { name: t('predictions:batch.download') });
    await link.waitFor({ timeout: limitMs });
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    const lines = readFileSync(await download.path(), 'utf8')
        .trim()
        .split('\n');
    if (!lines[0].includes('prediction')) failures.push(`${state}: batch has no prediction: ${lines[0]}`);
    if (lines.length < 51) failures.push(`${state}: batch has ${lines.length} lines`);
    await check(page, `${state}-batch`, failures);
}

/** The other tabs of the data set, and the pages around it. */
export async function around({ page, url, t, failures }, state, view) {
    for (const tab of ['rows', 'columns', 'reading', 'cleaning', 'predict', 'settings']) {
        await page.goto(`${view}?tab=${tab}`);
        await page.getByRole('tab', { name: t(`datasets:tab.${tab}`), selected: true }).waitFor();
        await page.waitForTimeout(800);
        await check(page, `${state}-${tab}`, failures);
    }
    const pages = {
        '/': 'datasets:home.title',
        '/account/': 'accounts:account.title',
        '/users/': 'accounts:users.title',
    };
    for (const [path, title] of [...Object.entries(pages), ['/view/999999/', 'base:not_found.title']]) {
        await page.goto(url + path);
        await page.getByRole('heading', { name: t(title) }).waitFor();
        await check(page, `${state}-${path.replaceAll('/', '') || 'home'}`, failures);
    }
}

/** The main job by keyboard alone. */
export async function withoutMouse({ page, url, t }, { path, target }) {
    const press = (key) => page.keyboard.press(key);
    const reach = async (locator, what) => {
        await locator.waitFor({ timeout: limitMs });
        for (let presses = 0; presses < 120; presses += 1) {
            if (await locator.evaluate((element) => element === document.activeElement)) return;
            await press('Tab');
        }
        throw new Error(`the Tab key does not reach ${what}`);
    };
    await page.goto(`${url}/`);
    await reach(page.getByRole('button', { name: t('datasets:drop.choose') }), 'the file button');
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), press('Enter')]);
    await chooser.setFiles(path);
    await reach(page.getByRole('button', { name: t('datasets:view.predict') }), 'Predict a column');
    await press('Enter');
    await reach(page.getByRole('combobox', { name: t('training:target.label') }), 'the target');
    await press('ControlOrMeta+a');
    await page.keyboard.type(target);
    await press('ArrowDown');
    await press('Enter');
    await reach(page.getByRole('button', { name: t('training:start') }), 'Start');
    await press('Enter');
    await page.locator('.verdict').waitFor({ timeout: 90_000 });
    await reach(page.getByRole('link', { name: t('training:leaderboard.try_short') }).first(), 'Try');
    await press('Enter');
    await reach(page.getByRole('button', { name: t('predictions:submit') }), 'Predict');
    await press('Enter');
    await page.locator('.answer .sentence').waitFor();
}
