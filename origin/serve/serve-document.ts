import type { EventKey } from '../candidate';
import type { Origin } from '../origin';
import type { Document } from '../ports/segment-store';
import { hearPeers } from './hear-peers';

/**
 * A packager's own manifest or a passthrough object: this region's, else the newest that another region answers with.
 * @throws what the local document store throws.
 */
export async function serveDocument(
  origin: Origin,
  event: EventKey,
  path: string,
): Promise<Document | undefined> {
  const local = await origin.local.documents.read(event, path);
  if (local !== undefined || origin.peers.length === 0) return local;
  const heard = await hearPeers(origin, 'viewer', ({ documents }) => documents.read(event, path));
  return heard
    .filter((document) => document !== undefined)
    .toSorted((left, right) => right.publishedAtMs - left.publishedAtMs)[0];
}
