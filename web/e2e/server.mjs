// Starts the real server on an empty store. What it logs goes to tests/output/e2e-server.log.
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { output, root } from './checks.mjs';

export const name = 'ada';
export const password = 'correct horse battery staple';

const built = ['release', 'dev'].map((preset) => join(root, `build/${preset}/bin/csva`));
export const program = process.env.CSVA_PROGRAM ?? built.find((path) => existsSync(path));
const port = process.env.CSVA_E2E_PORT ?? '8285';

/** The one-time link, as the server prints it when it is ready. */
function firstRunLink(server) {
    return new Promise((done, fail) => {
        let said = '';
        server.stdout.on('data', (bytes) => {
            said += bytes;
            const link = /(http\S+\/setup\/\?token=\S+)[\s\S]*answers on/.exec(said);
            if (link) done(link[1]);
        });
        server.once('exit', (code) => fail(new Error(`the server ended with ${code}: ${said}`)));
    });
}

export async function startServer({ sample = false } = {}) {
    if (!program) throw new Error('no program: ./dev build release, or CSVA_PROGRAM=path');
    const folder = mkdtempSync(join(tmpdir(), 'csva-e2e-'));
    const server = spawn(program, ['serve', '--listen', `127.0.0.1:${port}`, '--data-dir', folder], {
        env: { ...process.env, CSVA_DATA_SAMPLE: String(sample) },
        stdio: ['ignore', 'pipe', 'pipe'],
    });
    server.stderr.pipe(createWriteStream(join(output, 'e2e-server.log'), { flags: 'a' }));
    process.once('exit', () => server.kill('SIGTERM')); // also when a journey broke off
    const link = await firstRunLink(server);
    return {
        url: `http://127.0.0.1:${port}`,
        link,
        stop: async () => {
            const ended = new Promise((done) => server.once('exit', done));
            server.kill('SIGTERM');
            await ended;
            rmSync(folder, { recursive: true, force: true });
        },
    };
}
