import type { RegionFaultName } from '../demo/lab/catalog';
import type { LabRegion } from '../demo/lab/fault-lab';
import type { Clock } from '../origin/ports/clock';
import { NEVER } from '../origin/ports/cancel';
import type { EdgeServer } from './edge-server';
import type { Region } from './region';

/** A store call of a slow region: beyond every bound at which others are asked instead. */
const SLOW_CALL_MS = 400;
const LAG_MS = 10_000;

/** The regions of the embedded run as the fault lab breaks them. */
export function labRegions(regions: readonly Region[], edge: EdgeServer, clock: Clock): readonly LabRegion[] {
  return regions.map((region) => ({
    name: region.name,
    breakIt: (fault) => set(region, edge, clock, fault, true),
    mendIt: (fault) => set(region, edge, clock, fault, false),
  }));
}

async function set(
  region: Region,
  edge: EdgeServer,
  clock: Clock,
  fault: RegionFaultName,
  broken: boolean,
): Promise<void> {
  const { troubles } = region;
  switch (fault) {
    case 'stop-region':
      return broken ? region.stop(0) : region.start();
    case 'slow-stores':
      troubles.beforeCall = broken ? () => clock.sleepUntil(clock.nowMs() + SLOW_CALL_MS, NEVER) : undefined;
      return;
    case 'fill-disk':
      troubles.beforeWrite = broken ? () => Promise.reject(noSpace(region.name)) : undefined;
      return;
    case 'lag-events':
      region.lagEvents(broken ? LAG_MS : 0);
      return;
    case 'cut-from-edge':
      edge.cutOff(region.name, broken);
      return;
  }
}

/** As node:fs says it. */
function noSpace(region: string): Error {
  return Object.assign(new Error(`ENOSPC: no space left on the device of ${region}`), { code: 'ENOSPC' });
}
