import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What `npm run build` has finished and the published package brings, by its path below `dist/bundles/`.
 * @returns undefined in a checkout, which builds at synthesis.
 */
export function finished(path: string): string | undefined {
  const found = join(__dirname, '..', 'bundles', path);
  return existsSync(found) ? found : undefined;
}
