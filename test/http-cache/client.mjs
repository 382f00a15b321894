// Runs the suite's client, as its own cli.mjs does, and prints its tests with their results:
// node client.mjs FOLDER-OF-THE-PACKAGE BASE-URL
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , folder = '', base = ''] = process.argv;
const load = (file) => import(pathToFileURL(join(folder, file)).href);

const { getResults, runTests } = await load('client/runner.mjs');
const groups = (await load('tests/index.mjs')).default;
groups.push((await load('tests/surrogate-control.mjs')).default);
await runTests(groups, createRequire(join(folder, 'cli.mjs'))('node-fetch'), false, base);
process.stdout.write(JSON.stringify({ groups, results: getResults() }));
