// What goes wrong, is worth nothing or is too good: of a file, a training, a batch. Then the pages about all of it.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './checks.mjs';
import { chooseTarget, leaveOut, limitMs, openHome } from './journeys.mjs';

const folder = mkdtempSync(join(tmpdir(), 'csva-outcomes-'));

function fileOf(name, content) {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
}

/** Machines: whether one breaks is drawn at random, the invoice is only there once it was repaired, all are of one unit. */
function machines() {
    const lines = ['pressure,speed,heat,broken,repaired,invoice,unit'];
    let state = 7;
    const next = () => (state = (state * 48271) % 2147483647) / 2147483647;
    for (let row = 0; row < 400; row += 1) {
        const repaired = next() < 0.5;
        const numbers = [next() * 10, next() * 100, next() * 50].map((value) => value.toFixed(2));
        const words = [next() < 0.5 ? 'yes' : 'no', repaired ? 'yes' : 'no', repaired ? 'sent' : 'none'];
        lines.push([...numbers, ...words, 'north'].join(','));
    }
    return fileOf('machines.csv', lines.join('\n'));
}

async function readingFailed(visit, state) {
    const { page, t } = visit;
    await openHome(visit);
    await page.locator('input[type=file]').setInputFiles(fileOf('torn.csv', 'a,b,c\n"1,2,3\n'));
    await page.getByText(t('datasets:view.failed_next')).waitFor({ timeout: limitMs });
    await check(visit, `${state}-reading-failed`);
}

async function trainOn(visit, view, target) {
    const { page, t } = visit;
    await page.goto(`${view}?tab=predict`);
    await chooseTarget(visit, target);
    await leaveOut(visit);
    await page.getByRole('button', { name: t('training:start') }).click();
    await page.getByRole('button', { name: t('training:past.again') }).waitFor({ timeout: limitMs });
}

async function batchFailed(visit, state) {
    const { page, t } = visit;
    await page
        .getByRole('link', { name: t('training:leaderboard.try_short') })
        .first()
        .click();
    await page.getByRole('button', { name: t('predictions:submit') }).waitFor();
    await page.locator('input[type=file]').setInputFiles(fileOf('no-rows.csv', 'pressure,speed,heat\n'));
    await page.getByRole('alert').waitFor({ timeout: limitMs });
    await check(visit, `${state}-batch-failed`);
}

/** What Swagger UI breaks by itself: its tags are third-level headings, the links to operations stand in their buttons. */
const swaggerRules = ['heading-order', 'nested-interactive'];

/** Swagger UI with every operation of the document. It draws what is on the screen: a very high one holds them all. */
async function apiPage(visit, state) {
    const { page, url, failures } = visit;
    await page.goto(`${url}/api/docs/`);
    await page.locator('.opblock').first().waitFor({ timeout: limitMs });
    await check(visit, `${state}-api`, { without: swaggerRules });
    const { paths } = await (await page.request.get(`${url}/api/schema/`)).json();
    const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
    const operations = Object.values(paths).flatMap((path) => methods.filter((method) => method in path));
    const size = page.viewportSize();
    await page.setViewportSize({ width: 1280, height: 100 * operations.length });
    const shown = page.locator('.opblock');
    await shown
        .nth(operations.length - 1)
        .waitFor({ timeout: 10_000 })
        .catch(() => {});
    const found = await shown.count();
    if (found < 100 || found !== operations.length)
        failures.push(`${state}-api: ${found} of ${operations.length} operations are shown`);
    await page.setViewportSize(size);
}

export async function outcomes(visit, state) {
    const { page, url, t } = visit;
    await readingFailed(visit, state);
    await openHome(visit);
    await page.locator('input[type=file]').setInputFiles(machines());
    await page.getByRole('button', { name: t('datasets:view.predict') }).waitFor({ timeout: limitMs });
    const view = page.url();
    await trainOn(visit, view, 'unit');
    await page.getByRole('alert').waitFor();
    await check(visit, `${state}-training-failed`);
    await trainOn(visit, view, 'repaired');
    await page.getByText(t('training:verdict.left_out_leakage'), { exact: true }).waitFor();
    await check(visit, `${state}-too-good`);
    await trainOn(visit, view, 'broken');
    await page.getByText(t('training:verdict.not_better'), { exact: true }).waitFor();
    await check(visit, `${state}-not-better`);
    await batchFailed(visit, state);
    await page.goto(`${url}/notices/`);
    await page.locator('main li.card').first().waitFor();
    await check(visit, `${state}-notices`);
    await page.goto(`${url}/register/`);
    await page.locator('main dl').first().waitFor();
    await check(visit, `${state}-register`);
    if (state === 'en') await apiPage(visit, state); // one page for all languages
}
