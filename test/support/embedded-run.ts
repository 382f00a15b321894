import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHeadwater, type Headwater, type HeadwaterOptions } from '../../embedded';
import type { Deployment } from '../acceptance/deployment';

const started: { readonly headwater: Headwater; readonly directory: string }[] = [];

/** A whole embedded run on free ports, silent; gone with its data after the tests of the file. */
export async function embeddedRun(
  regions: readonly string[] = ['us-east-1', 'us-west-2'],
  options: Partial<HeadwaterOptions> = {},
): Promise<Headwater> {
  const directory = mkdtempSync(join(tmpdir(), 'headwater-'));
  const headwater = await startHeadwater({
    ...{ dataDirectory: directory, edgePort: 0, demo: false, writeLog: () => undefined },
    regions: regions.map((name) => ({ name, port: 0 })),
    ...options,
  });
  started.push({ headwater, directory });
  return headwater;
}

/** Where its regions are reached: one port does it all. */
export function deploymentOf({ regions, controlToken }: Headwater): Deployment {
  return {
    regions: regions.map(({ name, url }) => ({ name, publishUrl: url, serveUrl: url, controlUrl: url })),
    token: controlToken,
  };
}

afterAll(async () => {
  for (const { headwater, directory } of started.splice(0)) {
    await headwater.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});
