import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type * as Build from '../build-guard';
import type { ApplianceGroup } from './group';
import { nginxLocal, type RegionCredential } from './nginx-local';
import { eventsDirectory, type Places } from './places';
import { varnishLocal } from './varnish-local';

export interface ApplianceFiles {
  /** Root of both daemons' configuration; on Debian /etc. */
  readonly root: string;
  readonly places: Places;
  /** This appliance's name in the group; undefined for one alone. */
  readonly node: string | undefined;
  readonly credential: RegionCredential | undefined;
}

const NGINX_FILES = ['headwater.conf', 'media.conf'];

/** Writes the configuration of both daemons: what is the same everywhere, as it is here, and what is this appliance's. */
export function writeAppliance(group: ApplianceGroup, files: ApplianceFiles): { readonly vcl: string } {
  const { places, node, credential } = files;
  const root = resolve(files.root);
  const nginx = join(root, 'nginx/headwater');
  const varnish = join(root, 'varnish/headwater');
  for (const directory of [nginx, varnish, eventsDirectory(places), places.run])
    mkdirSync(directory, { recursive: true });
  const source = join(__dirname, '..');
  for (const name of NGINX_FILES) copyFileSync(join(source, 'nginx', name), join(nginx, name));
  const script = join(nginx, 'headwater.js');
  writeFileSync(script, guardScript());
  // It may hold the credential: nginx reads its configuration as root.
  writeFileSync(join(nginx, 'local.conf'), nginxLocal(group, places, script, credential), { mode: 0o600 });
  const vcl = join(varnish, 'headwater.vcl');
  copyFileSync(join(source, 'varnish/headwater.vcl'), vcl);
  writeFileSync(join(varnish, 'local.vcl'), varnishLocal(group, places, node));
  return { vcl };
}

/** nginx's script. Finished where the package was installed; built in a checkout, which alone has the bundler. */
export function guardScript(): string {
  const finished = join(__dirname, '../../bundles/edge/appliance.js');
  if (existsSync(finished)) return readFileSync(finished, 'utf8');
  const load = createRequire(__filename);
  return (load('../build-guard') as typeof Build).buildGuard('njs', join(__dirname, '../nginx/answer.ts'));
}
