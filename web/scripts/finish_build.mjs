// After Vite: Swagger UI's files beside ours, and each text file compressed beforehand (the server only sends bytes).
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const swagger = join(dist, 'assets/swagger');

mkdirSync(swagger, { recursive: true });
for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js', 'LICENSE', 'NOTICE']) {
    copyFileSync(join(root, 'node_modules/swagger-ui-dist', name), join(swagger, name));
}
for (const name of ['ours.css', 'start.js']) copyFileSync(join(root, 'swagger', name), join(swagger, name));
// The page holds no inline script: the content security policy forbids it.
writeFileSync(
    join(swagger, 'index.html'),
    `<!doctype html>
<html lang="en">
    <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>API · CSV Analyzer</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/swagger/swagger-ui.css" />
        <link rel="stylesheet" href="/assets/swagger/ours.css" />
    </head>
    <body>
        <div id="swagger"></div>
        <script src="/assets/swagger/swagger-ui-bundle.js"></script>
        <script src="/assets/swagger/start.js"></script>
    </body>
</html>
`,
);

const compressible = /\.(html|js|css|svg|json|txt)$/;
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !compressible.test(entry.name)) continue;
    const bytes = readFileSync(path);
    if (bytes.length < 1024) continue;
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
    writeFileSync(
        `${path}.br`,
        brotliCompressSync(bytes, {
            params: {
                [constants.BROTLI_PARAM_QUALITY]: 10,
                [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
            },
        }),
    );
}
