// The client's types, made from the OpenAPI document in tests/golden (which ./dev gen compares with the program's own).
// They are made before each build, check and test and never committed, so they cannot be out of date.
import openapiTS, { astToString } from 'openapi-typescript';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const from = process.env.CSVA_OPENAPI ?? resolve(root, 'tests/golden/openapi.json');
const to = resolve(root, 'web/src/api/schema.d.ts');

const document = JSON.parse(readFileSync(from, 'utf8'));
const types = astToString(await openapiTS(document, { alphabetize: true, silent: true }));
writeFileSync(to, `// Made by scripts/types.mjs.\n${types}`);
