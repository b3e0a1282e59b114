/// <reference types="vitest/config" />
import react from '@vitejs/plugin-react';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const localesFolder = resolve(import.meta.dirname, '../locales');

/** All catalogues of a language as one module, without the errors' texts: the server sends those. */
function catalogues(): Plugin {
    const prefix = 'virtual:locale/';
    return {
        name: 'csva-catalogues',
        resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
        load(id) {
            if (!id.startsWith(`\0${prefix}`)) return;
            const language = id.slice(prefix.length + 1);
            const all: Record<string, Record<string, string>> = {};
            for (const file of readdirSync(localesFolder).filter((f) => f.endsWith(`.${language}.json`))) {
                const path = resolve(localesFolder, file);
                this.addWatchFile(path);
                const texts = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
                all[file.split('.')[0]!] = Object.fromEntries(
                    Object.entries(texts).filter(([key]) => !key.startsWith('errors.')),
                );
            }
            return `export default ${JSON.stringify(all)}`;
        },
    };
}

const server = process.env.CSVA_SERVER ?? 'http://127.0.0.1:8000';

export default defineConfig({
    plugins: [react(), catalogues()],
    build: { target: 'es2023', chunkSizeWarningLimit: 900, sourcemap: false },
    server: {
        proxy: Object.fromEntries(
            ['/api', '/login', '/logout', '/setup', '/upload'].map((path) => [path, server]),
        ),
    },
    test: {
        environment: 'jsdom',
        testTimeout: 40_000,
        include: ['src/**/*.test.{ts,tsx}'],
        setupFiles: ['src/lib/test_setup.ts'],
        coverage: {
            provider: 'v8',
            include: ['src/**/*.{ts,tsx}'],
            exclude: ['src/**/*.test.*', 'src/**/*.d.ts', 'src/lib/test_*', 'src/app/main.tsx'],
            reporter: ['text-summary', 'json-summary', 'text'],
            reportsDirectory: 'coverage',
            thresholds: { lines: 80 },
        },
    },
});
