// The states around the main job: first run, empty, loading, error, refused, forbidden, signed out, every tab and page.
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './checks.mjs';
import { leaveOut, limitMs, openHome, openPredict } from './journeys.mjs';
import { name, password } from './server.mjs';

const colleague = { name: 'grace', password: 'rear admiral of the fleet' };
const secretOf = ({ page, t }) => page.getByRole('textbox', { name: t('accounts:login.password') });
const heading = ({ page, t }, key) => page.getByRole('heading', { level: 1, name: t(key) }).waitFor();
const press = ({ page, t }, key) => page.getByRole('button', { name: t(key), exact: true }).click();

async function fillCredentials(visit, wish) {
    await visit.page.getByLabel(visit.t('accounts:login.name')).fill(wish.name);
    await secretOf(visit).fill(wish.password);
}

/** The link of the first start: the form, a refusal, the account, an empty first page. */
export async function firstRun(visit, state, link) {
    const { page, url, t } = visit;
    await page.goto(`${url}/`);
    await heading(visit, 'accounts:login.title');
    await check(visit, `${state}-login-before-setup`);
    await page.goto(`${url}/setup/`);
    await heading(visit, 'accounts:setup.title');
    await check(visit, `${state}-setup-no-token`);
    await page.goto(link);
    await heading(visit, 'accounts:setup.title');
    await check(visit, `${state}-setup`);
    await fillCredentials(visit, { name, password: 'short' });
    await press(visit, 'accounts:setup.submit');
    await page.getByRole('alert').waitFor();
    await check(visit, `${state}-setup-refused`);
    await secretOf(visit).fill(password);
    await press(visit, 'accounts:setup.submit');
    await heading(visit, 'datasets:home.title');
    await page.getByText(t('datasets:list.empty')).waitFor();
    await page.locator('.drop').getByText(/\d/).waitFor();
    await check(visit, `${state}-home-empty`);
}

/** The first page of a store that comes with the sample, after the first account was made. */
export async function firstRunWithSample(visit, state, link) {
    const { page } = visit;
    await page.goto(link);
    await fillCredentials(visit, { name, password });
    await press(visit, 'accounts:setup.submit');
    await page
        .getByRole('row')
        .filter({ has: page.getByRole('rowheader'), hasText: /\d/ })
        .waitFor({ timeout: limitMs });
    await check(visit, `${state}-home-sample`);
}

/** The first page while its answer is on the way, without a server, with files that are refused. */
export async function uploadStates(visit, state) {
    const { page, url } = visit;
    const list = '**/api/v1/datasets?*';
    await page.route(list, async (route) => {
        await new Promise((done) => setTimeout(done, 4000));
        await route.continue().catch(() => {});
    });
    await page.goto(`${url}/`);
    await page.locator('.mantine-Skeleton-root').first().waitFor();
    await check(visit, `${state}-home-loading`, { still: false });
    await page.unroute(list);
    await page.route(list, (route) => route.abort());
    await page.goto(`${url}/`);
    await page.getByRole('alert').waitFor({ timeout: limitMs });
    await check(visit, `${state}-home-offline`);
    await page.unroute(list);
    const refused = [
        ['too-large', 'big.csv', Buffer.alloc(11 * 1024 * 1024, 'a,b\n')],
        ['picture', 'cat.csv', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
        ['empty', 'empty.csv', Buffer.alloc(0)],
    ];
    for (const [what, file, bytes] of refused) {
        const path = join(tmpdir(), file);
        writeFileSync(path, bytes);
        await openHome(visit);
        await page.locator('input[type=file]').setInputFiles(path);
        await page.getByRole('alert').waitFor();
        await check(visit, `${state}-upload-${what}`);
    }
}

/** A longer training: its progress, then stopped by hand. */
export async function liveTraining(visit, state, view, target) {
    const { page, t } = visit;
    await page.goto(view);
    await openPredict(visit, target);
    await leaveOut(visit);
    await page.getByRole('radio', { name: new RegExp(t('training:preset.best')) }).click();
    await press(visit, 'training:advanced');
    await check(visit, `${state}-train-form`);
    await press(visit, 'training:start');
    await page.getByRole('progressbar').waitFor();
    await page.getByRole('table', { name: t('training:leaderboard.title') }).waitFor({ timeout: limitMs });
    await check(visit, `${state}-training`, { still: false });
    await press(visit, 'training:running.stop');
    await page.locator('.verdict').waitFor({ timeout: limitMs });
    await page.goto(`${view}?tab=predict`);
    await page.getByRole('table', { name: t('training:past.title') }).waitFor();
    await check(visit, `${state}-trainings`);
}

/** The tabs of the data set. */
export async function tabs(visit, state, view) {
    const { page, t } = visit;
    for (const tab of ['rows', 'columns', 'reading', 'personal', 'settings']) {
        await page.goto(`${view}?tab=${tab}`);
        await page.getByRole('tab', { name: t(`datasets:tab.${tab}`), selected: true }).waitFor();
        await page.locator('[role=tabpanel] :is(table, [role=grid], svg, .card)').first().waitFor();
        if (tab === 'columns') {
            await page.getByRole('button', { name: /Age/ }).first().click();
            await page.getByRole('button', { name: t('base:chart.table') }).click();
        }
        await check(visit, `${state}-${tab}`);
    }
    await page.emulateMedia({ colorScheme: 'dark' });
    for (const [what, address] of [
        ['columns', `${view}?tab=columns`],
        ['cleaning', `${view}?tab=cleaning`],
        ['verdict', `${view}?tab=predict&training=1`],
        ['home', `${visit.url}/`],
    ]) {
        await page.goto(address);
        await page.locator('.card, .drop').first().waitFor();
        await check(visit, `${state}-dark-${what}`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
}

/** One's account with its tokens, the users, a shared project with a colleague in it. */
export async function people(visit, state) {
    const { page, url, t } = visit;
    await page.goto(`${url}/account/`);
    await page.getByLabel(t('accounts:tokens.label')).fill('robot');
    await press(visit, 'accounts:tokens.create');
    await page.getByText(/csva_[\w-]{20}/).waitFor();
    await check(visit, `${state}-account`);
    await page.goto(`${url}/users/`);
    await fillCredentials(visit, colleague);
    await press(visit, 'accounts:users.add_submit');
    await page.getByRole('rowheader', { name: colleague.name }).waitFor();
    await check(visit, `${state}-users`);
    await page.goto(`${url}/journal/`);
    await page.getByRole('rowheader').first().waitFor();
    await press(visit, 'journal:verify');
    await page.getByRole('status').filter({ hasText: /\d/ }).first().waitFor();
    await check(visit, `${state}-journal`);
    await page.goto(`${url}/journal/?outcome=refused&action=none.such`);
    await page.getByText(t('journal:empty')).waitFor();
    await check(visit, `${state}-journal-empty`);
    await page.goto(`${url}/projects/`);
    await page.getByLabel(t('projects:new.name')).fill('Titanic');
    await press(visit, 'projects:new.submit');
    await page.getByLabel(t('projects:members.add_name')).fill('nobody');
    await press(visit, 'projects:members.add_submit');
    await page.getByRole('alert').waitFor();
    await check(visit, `${state}-project-refused`);
    await page.getByLabel(t('projects:members.add_name')).fill(colleague.name);
    await press(visit, 'projects:members.add_submit');
    const role = page.getByRole('combobox', {
        name: t('projects:members.role_of').replace('{name}', colleague.name),
    });
    await role.click();
    await page.getByRole('option', { name: t('projects:role.viewer'), exact: true }).click();
    await page.waitForFunction(() => !document.querySelector('input[disabled]'));
    await check(visit, `${state}-project`);
    await page.goto(`${url}/projects/`);
    await page.getByRole('rowheader', { name: 'Titanic' }).waitFor();
    await check(visit, `${state}-projects`);
}

/** A file into the shared project, then what a colleague who may only look is told. */
export async function asColleague(visit, state, path) {
    const { page, url, t } = visit;
    await openHome(visit);
    await page.getByRole('combobox', { name: t('projects:choose.label') }).click();
    await page.getByRole('option', { name: 'Titanic' }).click();
    await page.getByText(t('datasets:list.empty')).waitFor();
    await page.locator('input[type=file]').setInputFiles(path);
    await page.getByRole('button', { name: t('datasets:view.predict') }).waitFor({ timeout: limitMs });
    const shared = page.url();
    await page.getByRole('button', { name: t('base:nav.menu').replace('{name}', name) }).click();
    await page.getByRole('menuitem', { name: t('base:sign_out') }).click();
    await heading(visit, 'accounts:login.title');
    await page.goto(shared);
    await heading(visit, 'accounts:login.title');
    await fillCredentials(visit, { ...colleague, password: 'wrong' });
    await press(visit, 'accounts:login.submit');
    await page.getByRole('alert').waitFor();
    await check(visit, `${state}-login-refused`);
    await secretOf(visit).fill(colleague.password);
    await press(visit, 'accounts:login.submit');
    await page.getByRole('grid').waitFor(); // back where the sign-in was asked for
    await page.goto(`${shared}?tab=cleaning`);
    await page
        .getByRole('button', { name: new RegExp(t('cleaning:fix.median')) })
        .first()
        .click();
    await page.getByRole('alert').waitFor();
    await check(visit, `${state}-viewer-refused`);
    await page.goto(`${url}/users/`);
    await page.getByRole('heading', { name: t('base:forbidden.title') }).waitFor();
    await check(visit, `${state}-forbidden`);
    for (const [what, address] of [
        ['not-mine', '/view/1/'],
        ['nowhere', '/nowhere/'],
    ]) {
        await page.goto(url + address);
        await page.getByRole('heading', { name: t('base:not_found.title') }).waitFor();
        await check(visit, `${state}-${what}`);
    }
}
