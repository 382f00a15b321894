import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApplianceGroup } from '../../edge/appliance/group';
import type { Places } from '../../edge/appliance/places';
import { varnishArguments } from '../../edge/appliance/varnish-arguments';
import { writeAppliance } from '../../edge/appliance/write-appliance';
import { Daemon, freePort, modulePath } from './daemon';
import { get, until } from '../acceptance/deployment';

export interface Appliance {
  readonly url: string;
  readonly places: Places;
  readonly varnish: Daemon;
  stop(): Promise<void>;
}

export interface ApplianceOptions {
  /** This machine's name in the group. */
  readonly node?: string;
  /** nginx's server for viewers; default: without TLS. */
  readonly site?: (port: number) => string;
}

/** nginx and Varnish as `headwater edge-setup` configures them, in a temporary directory and on a port of their own. */
export async function startAppliance(
  group: ApplianceGroup,
  { node, site = plainSite }: ApplianceOptions = {},
): Promise<Appliance> {
  const root = mkdtempSync(join(tmpdir(), 'hw-'));
  const places = { run: join(root, 'run'), state: join(root, 'state') };
  const { vcl } = writeAppliance(group, { root, places, node, credential: undefined });
  const port = await freePort();
  const configuration = join(root, 'nginx/nginx.conf');
  writeFileSync(configuration, nginxConfiguration(root, site(port)));
  for (const name of ['temporary', 'work']) mkdirSync(join(root, name));

  const nginx = new Daemon('nginx', ['-p', root, '-c', configuration, '-e', join(root, 'error.log')]);
  const self = group.nodes.find(({ name }) => name === node);
  const fillAddress = self && `${self.host}:${self.port}`;
  const args = varnishArguments(group, places, { owner: undefined, vcl, fillAddress });
  const varnish = new Daemon('varnishd', ['-j', 'none', '-F', '-n', join(root, 'work'), ...args]);
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    await Promise.all([nginx.stop(), varnish.stop()]);
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await until(async () => {
      nginx.expectRunning();
      varnish.expectRunning();
      // Through both daemons: an event that nobody knows is asked of the origin.
      return (await get(`${url}/live/no/body/x`).catch(() => undefined))?.status === 404;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, places, varnish, stop };
}

/** What Debian's nginx.conf and a site file do; docs/appliance.md has the site. */
function nginxConfiguration(root: string, site: string): string {
  return `
load_module ${modulePath()};
daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
worker_rlimit_nofile 16384;
pid ${root}/nginx.pid;
events { worker_connections 8192; }
http {
  access_log off;
  client_body_temp_path ${root}/temporary;
  proxy_temp_path ${root}/temporary;
  ${site}
}`;
}

function plainSite(port: number): string {
  return `include headwater/headwater.conf;
  server {
    listen 127.0.0.1:${port} backlog=16384;
    include headwater/media.conf;
  }`;
}
