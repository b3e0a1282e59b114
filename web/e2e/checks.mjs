// What every page and state must hold, whatever it shows.
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
export const pictures = join(root, 'tests/output/pictures');
const axe = readFileSync(join(root, 'web/node_modules/axe-core/axe.min.js'), 'utf8');
const widths = process.env.CSVA_E2E_PICTURES === '0' ? [] : [360, 1024, 1920];

mkdirSync(pictures, { recursive: true });

/** axe-core without a violation, no untranslated key, nothing wider than the screen, and pictures of it. */
export async function check(page, state, failures) {
    await page.waitForSelector('h1');
    await page.waitForFunction(() => !document.querySelector('.mantine-Skeleton-root'));
    await page.evaluate(`${axe};0`);
    const found = await page.evaluate(() => globalThis.axe.run());
    for (const { id, nodes } of found.violations) {
        failures.push(`${state}: axe ${id}: ${nodes[0].html.slice(0, 200)} (${nodes[0].failureSummary})`);
    }
    const text = await page.evaluate(() => document.body.innerText);
    const key = /\b\w+:ui\.[\w.]+|\bui\.[a-z_]+\.[\w.]+/.exec(text);
    if (key) failures.push(`${state}: untranslated ${key[0]}`);
    const size = page.viewportSize();
    for (const width of widths) {
        await page.setViewportSize({ width, height: width < 500 ? 760 : 900 });
        await page.waitForTimeout(150);
        const over = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        if (over > 0) failures.push(`${state}: ${over} px too wide at ${width}`);
        await page.screenshot({ path: join(pictures, `${state}-${width}.png`), fullPage: true });
    }
    await page.setViewportSize(size);
}
