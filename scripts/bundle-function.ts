import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING } from '../lib/bundling';

/** Bundles a room of lambdas/ as synthesis does, into one file of ES modules. */
export async function bundleFunction(room: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [join(__dirname, '../lambdas', room, 'index.ts')],
    ...{ outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' },
    ...{ target: BUNDLING.target, minify: BUNDLING.minify, mainFields: [...BUNDLING.mainFields] },
    banner: { js: BUNDLING.banner },
    alias: BUNDLING.alias,
  });
}
