// Starts the real server on an empty store, with one administrator; CSVA_URL names one that runs already.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
export const name = process.env.CSVA_E2E_USER ?? 'e2e';
export const password = process.env.CSVA_E2E_PASSWORD ?? 'correct horse battery staple';

async function answers(url) {
    for (let tries = 0; tries < 150; tries += 1) {
        const ok = await fetch(`${url}/login/`).then(
            (r) => r.ok,
            () => false,
        );
        if (ok) return;
        await new Promise((done) => setTimeout(done, 200));
    }
    throw new Error(`no answer from ${url}`);
}

export async function startServer() {
    if (process.env.CSVA_URL) return { url: process.env.CSVA_URL, stop: () => {} };
    const binary = process.env.CSVA_BINARY ?? join(root, 'build/dev/bin/csva');
    const port = process.env.CSVA_E2E_PORT ?? '8285';
    const folder = mkdtempSync(join(tmpdir(), 'csva-e2e-'));
    const wish = ['user', 'add', name, '--admin', '--password-stdin', '--data-dir', folder];
    const added = spawnSync(binary, wish, { input: password, encoding: 'utf8' });
    if (added.status !== 0) throw new Error(`csva user add: ${added.stderr}${added.stdout}`);
    const server = spawn(binary, ['serve', '--listen', `127.0.0.1:${port}`, '--data-dir', folder], {
        stdio: ['ignore', 'ignore', 'inherit'],
    });
    const url = `http://127.0.0.1:${port}`;
    await answers(url);
    return {
        url,
        stop: async () => {
            const ended = new Promise((done) => server.once('exit', done));
            server.kill('SIGTERM');
            await ended;
            rmSync(folder, { recursive: true, force: true });
        },
    };
}
