import type { Clock } from '../../origin/ports/clock';
import { RecentBytes } from '../../origin/serve/recent-bytes';
import { makeServing, type Serving } from '../../origin/serve/serving';

/** What an instance keeps that nobody tells of changes, as in Lambda. */
export function untold(clock: Clock, region: string): Serving {
  return makeServing({ clock, region, bytes: new RecentBytes(2 ** 20), isTold: false });
}
