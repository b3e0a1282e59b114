// The end of an account: what would go, said before; the button; the certificate, checked by the program.
import { execFileSync } from 'node:child_process';
import { check } from './checks.mjs';
import { limitMs, openHome } from './journeys.mjs';

/** A person with a file leaves; the administrator has made the account. */
export async function erasure(visit, language, { path, program }) {
    const { page, t, failures } = visit;
    const state = `${language}-erasure`;
    await openHome(visit);
    await page.locator('input[type=file]').setInputFiles(path);
    await page.getByRole('button', { name: t('datasets:view.predict') }).waitFor({ timeout: limitMs });
    await page.goto(`${visit.url}/account/`);
    await page.getByRole('button', { name: t('erasure:account.review') }).click();
    await page.getByRole('checkbox').waitFor();
    await check(visit, `${state}-before`);
    await page.getByRole('checkbox').check();
    await page.getByRole('button', { name: t('erasure:account.submit') }).click();
    const link = page.getByRole('link', { name: t('erasure:certificate.download') });
    await link.waitFor({ timeout: limitMs });
    await check(visit, `${state}-certificate`);
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    const said = execFileSync(program, ['erasure', 'verify', await download.path()], { encoding: 'utf8' });
    if (!/genuine|authentique/.test(said)) failures.push(`${state}: ${said}`);
    const certificate = page.url();
    await page.goto(certificate); // as whoever was given the link
    await page.getByRole('link', { name: t('erasure:certificate.download') }).waitFor();
    await check(visit, `${state}-by-link`);
    await page.goto(`${visit.url}/account/`);
    if (!page.url().includes('/login/')) failures.push(`${state}: still signed in at ${page.url()}`);
}
