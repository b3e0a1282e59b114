// A file of people: what is personal is found, decided about, anonymised; then rows are made alike and a model is trained.
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './checks.mjs';
import { limitMs, openHome, openPredict } from './journeys.mjs';

const given = ['Camille', 'Léa', 'Hugo', 'Chloé', 'Louis', 'Manon', 'Jules', 'Emma', 'Lucas', 'Inès'];
const family = [
    'Martin',
    'Bernard',
    'Dubois',
    'Thomas',
    'Robert',
    'Richard',
    'Petit',
    'Durand',
    'Leroy',
    'Moreau',
];
const two = (number) => String(number).padStart(2, '0');

/** Names, e-mails, postal codes, dates of birth and ages; whether they paid follows from the amount. */
function peopleFile() {
    const lines = ['nom complet,courriel,code postal,date de naissance,age,amount,paid'];
    for (let row = 0; row < 400; row += 1) {
        const name = `${given[row % 10]} ${family[Math.floor(row / 10) % 10]}`;
        const born = `${1941 + ((row * 7) % 60)}-${two(1 + (row % 12))}-${two(1 + ((row * 5) % 28))}`;
        const amount = (row * 37) % 100;
        const paid = amount > 45 !== (row % 11 === 0) ? 'yes' : 'no';
        lines.push(
            `${name},client${row}@exemple.fr,${75001 + (row % 20)},${born},${20 + ((row * 7) % 60)},${amount},${paid}`,
        );
    }
    const path = join(tmpdir(), `people-${process.pid}.csv`);
    writeFileSync(path, `${lines.join('\n')}\n`);
    return path;
}

const card = ({ page }, column) => page.getByRole('region', { name: column, exact: true });

async function decideEach(visit, state) {
    const { page, t, failures } = visit;
    await page.getByRole('tab', { name: t('datasets:tab.personal') }).click();
    await card(visit, 'courriel').waitFor({ timeout: limitMs });
    await check(visit, `${state}-found`);
    const text = await page.locator('main').innerText();
    for (const kind of ['full_name', 'email', 'postal_code', 'birth_date'])
        if (!text.includes(t(`meaning:/kinds.${kind}`))) failures.push(`${state}: ${kind} was not shown`);
    if (/client\d+@exemple/.test(text)) failures.push(`${state}: an example shows a whole address`);
    const way = (column, key) =>
        card(visit, column).getByRole('button', { name: `${column}: ${t(`privacy:${key}`)}` });
    await way('nom complet', 'leave_out').click();
    await card(visit, 'nom complet').getByText(t('privacy:state.dropped')).waitFor();
    await card(visit, 'courriel')
        .getByRole('button', { name: t('privacy:keep') })
        .click();
    await card(visit, 'courriel').getByRole('textbox').fill('…');
    await check(visit, `${state}-reason`);
    await way('courriel', 'way.group_by_person').click();
    await card(visit, 'courriel').getByText(t('privacy:still_personal')).waitFor({ timeout: limitMs });
    await way('code postal', 'way.postal_area').click();
    await card(visit, 'code postal').getByText(t('privacy:state.anonymised')).waitFor({ timeout: limitMs });
    await way('date de naissance', 'way.birth_year').click();
    await card(visit, 'date de naissance')
        .getByText(t('privacy:state.anonymised'))
        .waitFor({ timeout: limitMs });
    await check(visit, `${state}-decided`);
}

async function makeAlike(visit, state) {
    const { page, t, failures } = visit;
    const columns = page.getByRole('combobox', { name: t('privacy:quasi') });
    for (const column of ['age', 'date de naissance']) {
        await columns.fill(column);
        await page.getByRole('option', { name: column, exact: true }).click();
    }
    await page.keyboard.press('Escape');
    // As they are, six rows are alike.
    await page.getByRole('textbox', { name: t('privacy:k'), exact: true }).fill('10');
    const figures = page.getByRole('table', { name: t('privacy:figures') });
    await figures.waitFor({ timeout: limitMs });
    const apply = page.getByRole('button', { name: t('privacy:apply_steps') });
    await apply.and(page.locator(':enabled')).waitFor({ timeout: limitMs });
    const k = figures.getByRole('row').filter({ hasText: t('privacy:figure.k') });
    const least = Number((await k.getByRole('cell').last().innerText()).match(/\d+$/)[0]);
    if (!(least >= 10)) failures.push(`${state}: k is ${least} after the steps`);
    await check(visit, `${state}-alike`);
    await apply.click();
    await page
        .locator('[role=progressbar]')
        .waitFor({ timeout: limitMs })
        .catch(() => {});
    await page.waitForFunction(() => !document.querySelector('[role=progressbar]'), null, {
        timeout: limitMs,
    });
}

/** Training is blocked by one column left undecided, and free after the decision. */
export async function privacy(visit, state) {
    const { page, t, failures } = visit;
    await openHome(visit);
    await page.locator('input[type=file]').setInputFiles(peopleFile());
    await openPredict(visit, 'paid');
    await page.getByText(t('privacy:gate.title')).waitFor({ timeout: limitMs });
    const start = page.getByRole('button', { name: t('training:start') });
    if (await start.isEnabled()) failures.push(`${state}: undecided columns do not block the training`);
    await check(visit, `${state}-gate`);
    await decideEach(visit, state);
    await makeAlike(visit, state);
    await openPredict(visit, 'paid');
    await start.click();
    await page.locator('.verdict').waitFor({ timeout: 90_000 });
    await check(visit, `${state}-trained`);
}
