// Runs and registered models: logged the way an MLflow client does, then looked at, compared, promoted, rolled back.
import { check } from './checks.mjs';
import { name, password } from './server.mjs';

async function log({ url }, path, body) {
    const answer = await fetch(`${url}/api/2.0/mlflow/${path}`, {
        method: 'POST',
        headers: {
            'Content-Type': 'application/json',
            Authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
        },
        body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
}

/** Two runs whose error falls over ten steps. */
async function logRuns(visit, experiment) {
    const { experiment_id } = await log(visit, 'experiments/create', { name: experiment });
    for (const [run_name, rate] of [
        ['slow', 0.05],
        ['fast', 0.3],
    ]) {
        const { run } = await log(visit, 'runs/create', { experiment_id, run_name, start_time: Date.now() });
        const { run_id } = run.info;
        const points = Array.from({ length: 10 }, (_, step) => ({ step, timestamp: Date.now() }));
        await log(visit, 'runs/log-batch', {
            run_id,
            metrics: points.flatMap((point) => [
                { ...point, key: 'log_loss', value: 0.7 * Math.exp(-rate * point.step) },
                { ...point, key: 'accuracy', value: 0.9 - 0.4 * Math.exp(-rate * point.step) },
            ]),
            params: [
                { key: 'learning_rate', value: String(rate) },
                { key: 'trees', value: '100' },
            ],
            tags: [],
        });
        await log(visit, 'runs/update', { run_id, status: 'FINISHED', end_time: Date.now() + 4000 });
    }
}

/** A run and its experiment into the bin, the run back out of it, and everything deleted for good. */
async function bin({ page, url, t, ...visit }, state, experiment) {
    const chosen = page.getByRole('combobox', { name: t('tracking:runs.experiment') });
    const table = page.getByRole('table', { name: t('tracking:bin.title') });
    const button = (key, name = '') =>
        page.getByRole('button', { name: t(`tracking:${key}`).replace('{name}', name), exact: true });
    await page.goto(`${url}/mlflow/`);
    await chosen.click();
    await page.getByRole('option', { name: experiment }).click();
    await page.getByRole('link', { name: 'slow' }).click();
    await button('delete').click();
    await button('restore').waitFor();
    await page.goto(`${url}/mlflow/?tab=bin`);
    await table.getByRole('rowheader', { name: 'slow' }).waitFor();
    await check({ page, url, t, ...visit }, `${state}-bin`);
    await button('bin.restore_one', 'slow').click();
    await page.getByText(t('tracking:bin.none')).waitFor();
    await page.goto(`${url}/mlflow/`);
    await chosen.click();
    await page.getByRole('option', { name: experiment }).click();
    await button('runs.delete_experiment').click();
    await page.goto(`${url}/mlflow/?tab=bin`);
    await table.getByRole('rowheader', { name: experiment }).waitFor();
    await page.getByLabel(t('tracking:bin.sure')).check();
    await button('bin.empty').click();
    await page.getByText(t('tracking:bin.none')).waitFor();
}

export async function tracking(visit, state) {
    const { page, url, t } = visit;
    const experiment = `prices-${state}`;
    await logRuns(visit, experiment);
    await page.goto(`${url}/mlflow/`);
    await page.getByRole('combobox', { name: t('tracking:runs.experiment') }).click();
    await page.getByRole('option', { name: experiment }).click();
    const table = page.getByRole('table', { name: t('tracking:runs.title') });
    await table.getByRole('link', { name: 'fast' }).waitFor();
    await check(visit, `${state}-runs`);
    for (const box of await table.getByRole('checkbox').all()) await box.check();
    await page.getByRole('button', { name: /2/ }).click();
    await page.getByRole('table', { name: t('tracking:compare.params') }).waitFor();
    await page.getByRole('img').nth(1).waitFor();
    await check(visit, `${state}-runs-compared`);
    await page.getByRole('link', { name: 'fast' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'fast' }).waitFor();
    await page.getByRole('img').first().waitFor();
    await check(visit, `${state}-run`);
    await page.goto(`${url}/mlflow/?tab=models`);
    await page.getByRole('heading', { level: 2, name: t('tracking:models.title') }).waitFor();
    await check(visit, `${state}-models`);
    await bin(visit, state, experiment);
}
