// What every page and state must hold, whatever it shows.
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');
export const output = join(root, 'tests/output');
export const pictures = join(output, 'pictures');
const axe = readFileSync(join(root, 'web/node_modules/axe-core/axe.min.js'), 'utf8');
const widths = [360, 1024, 1920];
const takesPictures = process.env.CSVA_E2E_PICTURES !== '0';

mkdirSync(pictures, { recursive: true });

async function axeFindings(page, without) {
    if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(`${axe};0`);
    const found = await page.evaluate(
        (rules) => globalThis.axe.run({ resultTypes: ['violations'], rules }),
        Object.fromEntries(without.map((rule) => [rule, { enabled: false }])),
    );
    return found.violations.map(
        ({ id, nodes }) => `axe ${id}: ${nodes[0].html.slice(0, 200)} (${nodes[0].failureSummary})`,
    );
}

const settled = (page) =>
    page.evaluate(async () => {
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        await Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {})));
    });

/**
 * At each width: axe-core without a violation, nothing wider than the screen, a picture; and no untranslated key.
 * `still`: the state lasts only for a moment (progress), so one width is enough and nothing is waited for.
 * `without`: rules of axe-core that somebody else's page breaks.
 */
export async function check({ page, failures, count }, state, options = {}) {
    const { still = true, without = [] } = options;
    await page.waitForSelector('h1');
    if (still) await page.waitForFunction(() => !document.querySelector('.mantine-Skeleton-root'));
    const fail = (what) => failures.push(`${state}: ${what}`);
    const text = await page.evaluate(() => document.body.innerText);
    const key = /\b\w+:(ui|steps|options|choices)\.[\w.]+|\bui\.[a-z_]+\.[\w.]+/.exec(text);
    if (key) fail(`untranslated ${key[0]}`);
    const size = page.viewportSize();
    for (const width of still ? widths : [360]) {
        await page.setViewportSize({ width, height: width < 500 ? 760 : 900 });
        if (still) await settled(page);
        (await axeFindings(page, without)).forEach((found) => fail(`at ${width} ${found}`));
        const over = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        if (over > 0) fail(`${over} px too wide at ${width}`);
        if (takesPictures)
            await page.screenshot({ path: join(pictures, `${state}-${width}.png`), fullPage: true });
    }
    await page.setViewportSize(size);
    count.states += 1;
}
