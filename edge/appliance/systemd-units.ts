import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ApplianceGroup } from './group';
import type { Places } from './places';
import { varnishArguments } from './varnish-arguments';

/** Debian's user of Varnish; the agent is in its group, to ban. */
const VARNISH_USER = 'varnish';

export interface UnitOptions {
  readonly root: string;
  readonly places: Places;
  readonly node: string | undefined;
  readonly vcl: string;
}

/** systemd's part: how Varnish is started, its sockets' directory, and a reload that follows the regions' addresses. */
export function writeUnits(group: ApplianceGroup, options: UnitOptions): readonly string[] {
  const units = unitsOf(group, options);
  for (const [name, text] of Object.entries(units)) {
    const path = join(resolve(options.root), name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
  }
  return Object.keys(units);
}

function unitsOf(
  group: ApplianceGroup,
  { places, node, vcl }: UnitOptions,
): Readonly<Record<string, string>> {
  const self = group.nodes.find(({ name }) => name === node);
  const fillAddress = self && `:${self.port}`;
  const args = varnishArguments(group, places, { owner: VARNISH_USER, vcl, fillAddress });
  const header = '# Written by `headwater edge-setup`: do not edit.\n';
  return {
    'systemd/system/varnish.service.d/headwater.conf': `${header}[Service]
ExecStart=
ExecStart=/usr/sbin/varnishd -j unix,user=vcache -F ${args.join(' ')}
LimitNOFILE=131072
`,
    // A killed nginx leaves its sockets, and cannot bind them again.
    'systemd/system/nginx.service.d/headwater.conf': `${header}[Service]
ExecStartPre=-/bin/sh -c 'rm -f ${places.run}/region-*.sock'
LimitNOFILE=131072
`,
    'tmpfiles.d/headwater.conf': `${header}d ${places.run} 0755 ${VARNISH_USER} ${VARNISH_USER} -
`,
    // nginx looks a region's name up when it loads, and cloud providers move addresses.
    'systemd/system/headwater-addresses.service': `${header}[Unit]
Description=Look the addresses of Headwater's regions up again
[Service]
Type=oneshot
ExecStart=/usr/bin/systemctl reload nginx
`,
    'systemd/system/headwater-addresses.timer': `${header}[Unit]
Description=Look the addresses of Headwater's regions up again, hourly
[Timer]
OnUnitActiveSec=1h
OnBootSec=1h
RandomizedDelaySec=10m
[Install]
WantedBy=timers.target
`,
  };
}
