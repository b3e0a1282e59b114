// A model's life after training: a file that has shifted, the alarm in words, a new training, the two compared, the better one
// promoted, and all is well again.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './checks.mjs';
import { limitMs, train } from './journeys.mjs';

const folder = mkdtempSync(join(tmpdir(), 'csva-shop-'));
const target = 'buys';

/** Numbers that look drawn at random, the same every time (mulberry32). */
function dice(seed) {
    let state = seed;
    const next = () => {
        state = (state + 0x6d2b79f5) | 0;
        let t = Math.imul(state ^ (state >>> 15), 1 | state);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    };
    return { next, normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()) };
}

/** Customers of a shop; `shift` in standard deviations of age and basket. */
function shop(name, { rows, seed, shift = 0, answered = true }) {
    const { next, normal } = dice(seed);
    const lines = [answered ? 'age,basket,town,buys' : 'age,basket,town'];
    for (let i = 0; i < rows; i += 1) {
        const age = 40 + 10 * (normal() + shift);
        const basket = 60 + 15 * (normal() + shift);
        const town = ['Lyon', 'Metz', 'Pau'][Math.floor(next() * 3)];
        const buys = age / 10 + basket / 15 - 8 - 2 * shift + normal() * 0.7 > 0 ? 'yes' : 'no';
        lines.push([age.toFixed(1), basket.toFixed(2), town, ...(answered ? [buys] : [])].join(','));
    }
    const path = join(folder, name);
    writeFileSync(path, lines.join('\n'));
    return path;
}

/** Has a file answered by the first model of the verdict's page, and goes where one sees how the model fares. */
async function batch({ page, url, t }, model, path) {
    await page.goto(url + model);
    await page.locator('input[type=file]').setInputFiles(path);
    const fares = page.getByRole('link', { name: t('predictions:batch.fares') });
    await fares.click({ timeout: limitMs });
    await page.getByRole('heading', { level: 1 }).waitFor();
}

const standing = ({ page }, ...keys) =>
    page
        .locator(keys.map((key) => `.verdict [data-standing=${key}]`).join(', '))
        .waitFor({ timeout: limitMs });

/** Trains on a file; the address of the model's form. */
async function learn(visit, state, path) {
    await train(visit, state, { path, target });
    const link = visit.page.getByRole('link', { name: visit.t('training:leaderboard.try_short') }).first();
    return link.getAttribute('href');
}

async function compareAndPromote(visit, state) {
    const { page, url, t } = visit;
    await page.goto(`${url}/mlflow/?tab=models`);
    await page.getByRole('link', { name: /shop/ }).first().click();
    await page.getByRole('link', { name: t('tracking:models.compare') }).click();
    await page.getByRole('table', { name: t('tracking:compare.params') }).waitFor();
    await check(visit, `${state}-compared`);
    await page.goBack();
    await page.getByLabel(t('tracking:promote.reason')).fill('shift');
    await page.getByRole('button', { name: t('tracking:promote.submit'), exact: true }).click();
    await page
        .getByRole('table', { name: t('tracking:models.versions') })
        .getByText('champion')
        .waitFor();
}

export async function monitoring(visit, language) {
    const { page, url, t } = visit;
    const state = `${language}-monitoring`;
    await page.goto(`${url}/monitoring/`);
    await check(visit, `${state}-first`);
    const old = await learn(visit, `${state}-old`, shop('shop.csv', { rows: 1500, seed: 1 }));
    await batch(visit, old, shop('rows.csv', { rows: 400, seed: 2, answered: false }));
    await standing(visit, 'stable');
    await check(visit, `${state}-well`);
    await batch(visit, old, shop('rows.csv', { rows: 400, seed: 3, shift: 0.8, answered: false }));
    await standing(visit, 'suspected', 'drifted');
    await batch(visit, old, shop('rows.csv', { rows: 400, seed: 4, shift: 0.8, answered: false }));
    await page.locator('[data-standing]').nth(3).waitFor({ timeout: limitMs }); // three windows
    await standing(visit, 'drifted');
    await page.getByRole('img').first().waitFor();
    await check(visit, `${state}-alarm`);
    await page.goto(`${url}/monitoring/`);
    await page.locator('[data-standing=drifted]').waitFor();
    await check(visit, `${state}-overview`);
    await page.goBack();
    await page.getByRole('link', { name: t('monitoring:retrain') }).click();
    await page.waitForURL(/\/view\/\d+\/\?tab=predict/);
    const renewed = await learn(visit, `${state}-new`, shop('shop.csv', { rows: 1500, seed: 5, shift: 0.8 }));
    await compareAndPromote(visit, state);
    for (const seed of [6, 7]) {
        await batch(visit, renewed, shop('rows.csv', { rows: 400, seed, shift: 0.8, answered: false }));
        await standing(visit, 'stable');
    }
    await check(visit, `${state}-well-again`);
}
