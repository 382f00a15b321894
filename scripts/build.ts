/**
 * Makes dist/, which the published package brings: every room as CommonJS with its types, the functions and edge
 * scripts as finished bundles. A user of the construct needs neither esbuild nor a compiler.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { guardScript } from '../edge/appliance/write-appliance';
import { buildViewerFunction } from '../edge/cloudfront/build';
import { bundleFunction } from './bundle-function';

const ROOT = join(__dirname, '..');
const DIST = join(ROOT, 'dist');
/** Folders whose code runs outside of a checkout, or whose constants others import. */
const ROOMS = [
  'cli',
  'console',
  'demo',
  'edge',
  'embedded',
  'http',
  'lambdas',
  'lib',
  'origin',
  'publisher',
  'server',
  'stores',
];
/** Files that code reads by their place beside it. */
const ASSETS = [
  'demo/asset',
  'console/pages',
  'edge/nginx/headwater.conf',
  'edge/nginx/media.conf',
  'edge/varnish/headwater.vcl',
];

async function main(): Promise<void> {
  rmSync(DIST, { recursive: true, force: true });
  await transpile();
  for (const asset of ASSETS) cpSync(join(ROOT, asset), join(DIST, asset), { recursive: true });
  writeFileSync(join(DIST, 'package.json'), JSON.stringify({ type: 'commonjs', version: versionOf() }));
  await bundle();
  declareTypes();
  process.stdout.write('dist/ is built.\n');
}

async function transpile(): Promise<void> {
  const entryPoints = ROOMS.flatMap((room) => sourcesOf(join(ROOT, room)));
  await build({
    ...{ entryPoints, outdir: DIST, outbase: ROOT, bundle: false, platform: 'node', format: 'cjs' },
    ...{ target: 'node20.19', logLevel: 'warning' },
    // What is loaded late is a folder or has no extension, which only `require` resolves.
    supported: { 'dynamic-import': false },
  });
}

function sourcesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.startsWith('pages/'))
    .map((file) => join(directory, file));
}

/** Each in a folder of its own, which becomes a function's code as it is. */
async function bundle(): Promise<void> {
  for (const { name } of readdirSync(join(ROOT, 'lambdas'), { withFileTypes: true }).filter((each) =>
    each.isDirectory(),
  ))
    await bundleFunction(name, join(DIST, 'bundles', name, 'index.mjs'));
  for (const name of ['viewer-request', 'viewer-response'] as const) {
    const file = join(DIST, 'bundles/edge', `${name}.js`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, buildViewerFunction(name));
  }
  writeFileSync(join(DIST, 'bundles/edge/appliance.js'), guardScript());
}

function declareTypes(): void {
  execFileSync(
    process.execPath,
    [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
    {
      cwd: ROOT,
      stdio: 'inherit',
    },
  );
}

function versionOf(): string {
  return (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}

void main();
