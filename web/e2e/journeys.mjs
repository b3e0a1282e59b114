// The main job, step by step: a file dropped, a model trained, the verdict, one prediction and many.
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './checks.mjs';

/** How long a page may keep one waiting before the journey is given up. */
export const limitMs = 60_000;
/** From the drop of a file to its verdict, on a machine that does nothing else. */
const promiseMs = Number(process.env.CSVA_E2E_PROMISE_S ?? 30) * 1000;

export async function openHome({ page, url }) {
    await page.goto(`${url}/`);
    await page.locator('input[type=file]').waitFor({ state: 'attached' });
    await page.locator('.drop').getByText(/\d/).waitFor(); // the limit has come
}

export async function chooseTarget({ page, t }, target) {
    const field = page.getByRole('combobox', { name: t('training:target.label') });
    await field.click();
    await field.fill(target);
    await page.getByRole('option', { name: target, exact: true }).click();
}

export async function openPredict(visit, target) {
    const { page, t } = visit;
    await page.getByRole('button', { name: t('datasets:view.predict') }).click({ timeout: limitMs });
    await chooseTarget(visit, target);
}

/** The one click about personal columns, when there are any that nobody has decided about. */
export async function leaveOut({ page, t }) {
    const start = page.getByRole('button', { name: t('training:start') });
    const gate = page.getByRole('button', { name: t('privacy:gate.leave_out') });
    const ready = page
        .locator('button[type=submit]:not([disabled])')
        .filter({ hasText: t('training:start') });
    await start.waitFor();
    await Promise.race([gate.waitFor({ timeout: limitMs }), ready.waitFor({ timeout: limitMs })]);
    if (await gate.isVisible()) await gate.click();
    await ready.waitFor({ timeout: limitMs });
}

/** Drop a file, train, read the verdict, in the promised time. Returns the time in ms. */
export async function train(visit, state, { path, target }) {
    const { page, t, failures } = visit;
    await openHome(visit);
    const started = Date.now();
    await page.locator('input[type=file]').setInputFiles(path);
    await openPredict(visit, target);
    await leaveOut(visit);
    await page.getByRole('button', { name: t('training:start') }).click();
    await page.locator('.verdict').waitFor({ timeout: 90_000 });
    const took = Date.now() - started;
    if (took > promiseMs) failures.push(`${state}: ${took} ms from drop to trained model`);
    const verdict = await page.locator('.verdict').innerText();
    if (!/\d/.test(verdict)) failures.push(`${state}: a verdict without a figure: ${verdict}`);
    await check(visit, `${state}-verdict`);
    return took;
}

/** The first rows of a file, to predict as a batch. */
export function batchOf(path) {
    const out = join(tmpdir(), `batch-${process.pid}.csv`);
    writeFileSync(out, readFileSync(path, 'utf8').split(/\r?\n/).slice(0, 51).join('\n'));
    return out;
}

export function checkBatch(csv, state, failures) {
    const lines = csv.trim().split('\n');
    if (!lines[0].includes('prediction')) failures.push(`${state}: batch has no prediction: ${lines[0]}`);
    if (lines.length !== 51) failures.push(`${state}: batch has ${lines.length} lines`);
}

export async function predict(visit, state, path) {
    const { page, t, failures } = visit;
    await page
        .getByRole('link', { name: t('training:leaderboard.try_short') })
        .first()
        .click();
    await page.getByRole('button', { name: t('predictions:submit') }).waitFor();
    await check(visit, `${state}-form`);
    await page.getByRole('button', { name: t('predictions:submit') }).click();
    await page.locator('.answer .sentence').waitFor();
    await check(visit, `${state}-prediction`);
    await page.locator('input[type=file]').setInputFiles(batchOf(path));
    const link = page.getByRole('link', { name: t('predictions:batch.download') });
    await link.waitFor({ timeout: limitMs });
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    checkBatch(readFileSync(await download.path(), 'utf8'), state, failures);
    await check(visit, `${state}-batch`);
}
