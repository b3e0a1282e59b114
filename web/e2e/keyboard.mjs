// The main job by keyboard alone: sign in, drop, train, verdict, one prediction, a batch, sign out. No mouse.
import { readFileSync } from 'node:fs';
import { batchOf, checkBatch, limitMs } from './journeys.mjs';
import { name, password } from './server.mjs';

export async function withoutMouse({ page, url, t, failures }, { path, target }) {
    const press = (key) => page.keyboard.press(key);
    const reach = async (locator, what) => {
        await locator.waitFor({ timeout: limitMs });
        for (let presses = 0; presses < 150; presses += 1) {
            const there = await locator.evaluate((element) => element === document.activeElement);
            if (there) return checkFocusIsSeen(locator, what);
            await press('Tab');
        }
        throw new Error(`the Tab key does not reach ${what}`);
    };
    const checkFocusIsSeen = async (locator, what) => {
        const seen = await locator.evaluate((element) => {
            const style = getComputedStyle(element);
            const { width, height } = element.getBoundingClientRect();
            return width > 0 && height > 0 && style.visibility !== 'hidden' && style.opacity !== '0';
        });
        if (!seen) failures.push(`keyboard: the focus on ${what} is not seen`);
    };
    const button = (key) => page.getByRole('button', { name: t(key) });
    const choose = async (file) => {
        await reach(button('datasets:drop.choose'), 'the file button');
        const [chooser] = await Promise.all([page.waitForEvent('filechooser'), press('Enter')]);
        await chooser.setFiles(file);
    };

    // Listened to from the start: a listener added together with the key press may come too late for it.
    page.on('filechooser', () => {});
    await page.goto(`${url}/login/`);
    await reach(page.getByLabel(t('accounts:login.name')), 'the name');
    await page.keyboard.type(name);
    await reach(page.getByRole('textbox', { name: t('accounts:login.password') }), 'the password');
    await page.keyboard.type(password);
    await press('Enter');
    await page.getByRole('heading', { level: 1, name: t('datasets:home.title') }).waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
    await choose(path);
    await reach(button('datasets:view.predict'), 'Predict a column');
    await press('Enter');
    await reach(page.getByRole('combobox', { name: t('training:target.label') }), 'the target');
    await press('ControlOrMeta+a');
    await page.keyboard.type(target);
    await press('ArrowDown');
    await press('Enter');
    await reach(button('privacy:gate.leave_out'), 'Leave out');
    await press('Enter');
    await page
        .locator('button[type=submit]:not([disabled])')
        .filter({ hasText: t('training:start') })
        .waitFor();
    await reach(button('training:start'), 'Start');
    await press('Enter');
    await page.locator('.verdict').waitFor({ timeout: 90_000 });
    await reach(page.getByRole('link', { name: t('training:verdict.try') }), 'Try it');
    await press('Enter');
    await reach(button('predictions:submit'), 'Predict');
    await press('Enter');
    await page.locator('.answer .sentence').waitFor();
    await choose(batchOf(path));
    const link = page.getByRole('link', { name: t('predictions:batch.download') });
    await reach(link, 'the download');
    const [download] = await Promise.all([page.waitForEvent('download'), press('Enter')]);
    checkBatch(readFileSync(await download.path(), 'utf8'), 'keyboard', failures);
    await reach(page.getByRole('button', { name: t('base:nav.menu').replace('{name}', name) }), 'the menu');
    await press('Enter');
    const leave = page.getByRole('menuitem', { name: t('base:sign_out') });
    await leave.waitFor();
    await press('ArrowUp'); // from the first item round to the last
    await press('ArrowUp');
    for (let presses = 0; presses < 10; presses += 1) {
        if (await leave.evaluate((element) => element === document.activeElement)) break;
        await press('ArrowDown');
    }
    await press('Enter');
    await page.getByRole('heading', { level: 1, name: t('accounts:login.title') }).waitFor();
}
