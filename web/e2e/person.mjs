// A person who stands in a file asks to be forgotten: searched by a name, looked at, erased, the models decided about.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './checks.mjs';
import { limitMs, openHome } from './journeys.mjs';
import { program } from './server.mjs';

/** Two rows of one person among sixty. */
function peopleFile() {
    const lines = ['nom,age,ville'];
    for (let row = 0; row < 60; row += 1)
        lines.push(`Personne ${row},${20 + (row % 40)},${row % 2 ? 'Rome' : 'Paris'}`);
    lines[7] = 'Zéphyrine Quatremer,33,Paris';
    lines[30] = 'ZEPHYRINE QUATREMER,34,Rome';
    const path = join(tmpdir(), `person-${process.pid}.csv`);
    writeFileSync(path, `${lines.join('\n')}\n`);
    return path;
}

/** From the project's page to the certificate, without a mouse once the values are typed. */
export async function person(visit, language) {
    const { page, t, failures } = visit;
    const state = `${language}-person`;
    await openHome(visit);
    await page.locator('input[type=file]').setInputFiles(peopleFile());
    await page.getByRole('button', { name: t('datasets:view.predict') }).waitFor({ timeout: limitMs });
    await page.goto(`${visit.url}/projects/`);
    await page.locator('table a').first().click();
    await page.getByRole('link', { name: t('erasure:person.title') }).click();
    await page.getByLabel(t('erasure:person.value')).fill('zephyrine quatremer');
    await check(visit, `${state}-search`);
    await page.keyboard.press('Enter');
    const button = page.getByRole('button', { name: t('erasure:person.erase') });
    await button.waitFor({ timeout: limitMs });
    await check(visit, `${state}-found`);
    const text = await page.locator('main').innerText();
    if (/quatremer/i.test(text)) failures.push(`${state}: the name is shown whole`);
    await page.getByLabel(t('erasure:person.confirm')).focus();
    await page.keyboard.press('Space');
    await button.focus();
    await page.keyboard.press('Enter');
    const link = page.getByRole('link', { name: t('erasure:person.certificate') });
    await link.waitFor({ timeout: limitMs });
    await check(visit, `${state}-done`);
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    const said = execFileSync(program, ['erasure', 'verify', await download.path()], { encoding: 'utf8' });
    if (!/genuine|authentique/.test(said)) failures.push(`${state}: ${said}`);
}
