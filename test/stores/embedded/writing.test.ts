import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ByteLedger } from '../../../stores/embedded/byte-ledger';
import { openEnvironment } from '../../../stores/embedded/environment';
import { RegionFiles } from '../../../stores/embedded/region-files';
import { FakeClock } from '../../support/fake-clock';
import { NOW_MS } from '../../support/samples';
import { temporaryDirectory } from '../../support/temporary-directory';

it('a file that is being written is entered in the ledger and cannot be removed until it is in place', async () => {
  const directory = temporaryDirectory();
  const environment = openEnvironment(join(directory, 'index'), 'test', 'process');
  const ledger = new ByteLedger(environment);
  const files = new RegionFiles(directory, 'process', environment, ledger, new FakeClock(NOW_MS));

  const written = files.write('segments/x', [new Uint8Array(200_000)], NOW_MS);
  const entry = ledger.get('segments/x')!;
  expect(entry).toEqual({ path: 'segments/x', size: 200_000, expiresAtMs: NOW_MS, writtenAtMs: NOW_MS });
  expect(await environment.write(() => files.remove(entry))).toBe(false);
  await written;
  expect(existsSync(join(directory, 'segments/x'))).toBe(true);

  expect(await environment.write(() => files.remove(entry))).toBe(true);
  expect(existsSync(join(directory, 'segments/x'))).toBe(false);
  expect(ledger.totalBytes).toBe(0);
  await environment.close();
});
