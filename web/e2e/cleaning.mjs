// Each cleaning action against the real server: its form, its sentence in the history, what it did, and undo.
import { check } from './checks.mjs';

const field = ({ page, t }, key) => page.getByRole('combobox', { name: t(key), exact: true });

async function pick({ page }, locator, option) {
    await locator.click();
    await page.getByRole('option', { name: option, exact: true }).click();
}

async function columns(visit, names) {
    const { page, t } = visit;
    const input = page.getByRole('combobox', { name: new RegExp(`^${t('cleaning:columns')}$`) }).last();
    for (const one of names) {
        await input.fill(one);
        await page.getByRole('option', { name: one, exact: true }).click();
        await page.locator('.mantine-Pill-label').getByText(one, { exact: true }).waitFor();
    }
    await page.keyboard.press('Escape');
}

/** Every step with what its history line must name. */
const steps = [
    { step: 'trim', columns: [] },
    { step: 'fill_missing', strategy: 'mean', columns: ['Age'], changed: true },
    { step: 'fill_missing', strategy: 'constant', value: 'S', columns: ['Embarked'], changed: true },
    { step: 'change_type', type: 'text', columns: ['Pclass'] },
    { step: 'rename_column', name: 'Brothers', column: 'SibSp' },
    { step: 'drop_column', columns: ['Ticket'] },
    { step: 'drop_duplicates', columns: ['Fare', 'Sex'], removed: true },
    { step: 'drop_missing_rows', columns: [], removed: true },
];

async function apply(visit, wish) {
    const { page, t } = visit;
    await pick(visit, field(visit, 'cleaning:what'), t(`recipe:/steps.${wish.step}.name`));
    for (const option of ['strategy', 'type']) {
        if (!wish[option]) continue;
        const word = option === 'type' ? `exploring:type.${wish.type}` : `recipe:/choices.${wish.strategy}`;
        await pick(visit, field(visit, `recipe:/options.${option}`), t(word));
    }
    for (const option of ['value', 'name'])
        if (wish[option])
            await page.getByLabel(t(`recipe:/options.${option}`), { exact: true }).fill(wish[option]);
    if (wish.column) {
        await field(visit, 'cleaning:column').fill(wish.column);
        await page.getByRole('option', { name: wish.column, exact: true }).click();
    } else if (wish.columns.length > 0) await columns(visit, wish.columns);
}

export async function cleaning(visit, state, view) {
    const { page, t, failures } = visit;
    await page.goto(`${view}?tab=cleaning`);
    await page.locator('.history li').first().waitFor();
    await check(visit, `${state}-cleaning`);
    const lines = page.locator('.history li');
    for (const [i, wish] of steps.entries()) {
        await apply(visit, wish);
        if (wish.step === 'fill_missing' && wish.value) await check(visit, `${state}-cleaning-form`);
        await page.getByRole('button', { name: t('cleaning:apply') }).click();
        await lines.nth(i + 1).waitFor({ timeout: 20_000 });
        await page.waitForFunction(() => !document.querySelector('[role=progressbar], [data-loading]'));
        const line = await lines.nth(i + 1).innerText();
        for (const word of [...(wish.columns ?? [wish.column]), wish.name ?? '', wish.value ?? ''])
            if (!line.includes(word)) failures.push(`${state}: ${wish.step}: no ${word} in “${line}”`);
        if (/@\d/.test(line)) failures.push(`${state}: jargon in “${line}”`);
        if ((wish.changed || wish.removed) && line.split('·').length < 3)
            failures.push(`${state}: ${wish.step}: nothing was done: “${line}”`);
    }
    await check(visit, `${state}-cleaning-history`);
    await page.getByRole('button', { name: t('cleaning:undo') }).click();
    await page.waitForFunction(
        (most) => document.querySelectorAll('.history li').length === most,
        steps.length,
    );
}
