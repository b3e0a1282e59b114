// A link that shows a data set without its rows: made, opened by somebody without an account, revoked.
import { check } from './checks.mjs';
import { limitMs } from './journeys.mjs';

export async function sharing(visit, stranger, language, view) {
    const { page, t, failures } = visit;
    const state = `${language}-sharing`;
    await page.goto(`${view}?tab=settings`);
    await page.getByLabel(t('sharing:label')).fill('Marie');
    await page.getByRole('button', { name: t('sharing:create'), exact: true }).click();
    const address = page.locator('code', { hasText: '/shared/' });
    await address.waitFor({ timeout: limitMs });
    await check(visit, `${state}-made`);

    const { page: guest } = stranger;
    const link = new URL(await address.textContent());
    await guest.goto(`${visit.url}${link.pathname}`);
    await guest.getByRole('heading', { name: t('sharing:page.columns') }).waitFor({ timeout: limitMs });
    await check(stranger, `${state}-page`);
    const said = await guest.locator('body').innerText();
    if (said.includes('Cumings')) failures.push(`${state}: the page shows a name of a row`);

    const revoke = page.getByRole('button', { name: t('sharing:revoke_label').replace('{label}', 'Marie') });
    await revoke.click();
    await revoke.waitFor({ state: 'detached', timeout: limitMs });
    await guest.reload();
    await guest.getByRole('heading', { name: t('sharing:page.refused') }).waitFor({ timeout: limitMs });
    await guest.getByText(t('sharing:/errors.revoked.message')).waitFor({ timeout: limitMs });
    await check(stranger, `${state}-revoked`);
}
