import { join } from 'node:path';

/** Where an appliance keeps what its processes share. */
export interface Places {
  /** Sockets; on Debian /run/headwater. Paths of sockets have 107 bytes at most. */
  readonly run: string;
  /** What the agent writes; on Debian /var/lib/headwater. */
  readonly state: string;
}

export const DEBIAN: Places = { run: '/run/headwater', state: '/var/lib/headwater' };

/** Events as nginx reads them: files of edge/nginx/event-file.ts. */
export function eventsDirectory({ state }: Places): string {
  return join(state, 'events');
}

export function healthFile({ state }: Places): string {
  return join(state, 'health.json');
}

/** nginx asks Varnish there. */
export function varnishSocket({ run }: Places): string {
  return join(run, 'varnish.sock');
}

/** The agent sends bans there. */
export function adminSocket({ run }: Places): string {
  return join(run, 'admin.sock');
}

/** Varnish asks a region there: nginx speaks TLS for it. */
export function regionSocket({ run }: Places, region: string): string {
  return join(run, `region-${region}.sock`);
}
