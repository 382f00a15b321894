import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAgent } from '../edge/agent/run-agent';
import { parseGroup } from '../edge/appliance/group';
import { systemClock } from '../stores/system-clock';
import { startAppliance } from '../test/appliance/appliance';
import { benchHeld } from './held';
import { createEvent } from './origin-load';
import { CONTROL_TOKEN, ended, startEdge, startHeadwater, untilAnswers } from './servers';
import type { Server } from './servers';
import type { Row } from './table';

const EDGE_PORT = 28_280;
const REGION_PORT = 28_281;
const APART_PORT = 28_282;
const LOCK_PORT = 28_283;

/** Every edge before the same region in one run: how soon after publication does who waits have the segment? */
export async function benchEdges(): Promise<Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'hwb-'));
  const headwater = await startHeadwater(join(directory, 'headwater'), EDGE_PORT, REGION_PORT);
  const node = await startEdge(headwater.url, APART_PORT);
  const locking = await startLockingNginx(join(directory, 'nginx'), headwater.url, LOCK_PORT);
  const appliance = await startAppliance(
    parseGroup(JSON.stringify({ regions: [{ name: 'local', url: headwater.url }], memoryMegabytes: 256 })),
  );
  try {
    const authorization = await createEvent(headwater.url);
    const stopAgent = await follow(headwater.url, appliance.places);
    const before = (edge: string) => ({ edge, region: headwater.url, authorization });
    const rows = await benchHeld([
      ['Appliance: nginx, njs guard, Varnish', before(appliance.url)],
      ['Node edge, its own process', before(node.url)],
      ['Node edge of the embedded run', before(headwater.edge)],
      ['nginx `proxy_cache_lock`', before(locking.url)],
    ]);
    await stopAgent();
    return rows;
  } finally {
    await Promise.all([appliance.stop(), node.stop(), locking.stop()]);
    await headwater.stop();
    rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
  }
}

async function follow(
  origin: string,
  places: Parameters<typeof openAgent>[0]['places'],
): Promise<() => Promise<void>> {
  const agent = openAgent({
    ...{ origins: [new URL(origin)], token: CONTROL_TOKEN, places, clock: systemClock },
    ...{ events: [{ tenant: 'bench', event: 'load' }], tenants: [] },
  });
  await agent.step();
  const timer = setInterval(() => void agent.step(), 1000);
  return async () => {
    clearInterval(timer);
    await agent.close();
  };
}

/** What a CDN node without an extension does: one fetch, and a lock for who comes meanwhile. */
async function startLockingNginx(directory: string, region: string, port: number): Promise<Server> {
  mkdirSync(join(directory, 'temporary'), { recursive: true });
  const configuration = join(directory, 'nginx.conf');
  writeFileSync(
    configuration,
    `daemon off; worker_processes 1; user root; pid ${directory}/nginx.pid; error_log ${directory}/error.log;
     worker_rlimit_nofile 16384;
     events { worker_connections 8192; }
     http {
       access_log off; keepalive_requests 1000000;
       client_body_temp_path ${directory}/temporary; proxy_temp_path ${directory}/temporary;
       proxy_cache_path ${directory}/cache keys_zone=media:16m max_size=256m use_temp_path=off;
       upstream region { server ${new URL(region).host}; keepalive 64; }
       server {
         listen 127.0.0.1:${port} backlog=16384;
         location / {
           proxy_pass http://region; proxy_http_version 1.1; proxy_set_header Connection "";
           proxy_cache media; proxy_cache_lock on; proxy_cache_lock_timeout 15s; proxy_cache_lock_age 15s;
         }
       }
     }`,
  );
  const child = spawn('nginx', ['-p', directory, '-c', configuration], { stdio: 'inherit' });
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(`${url}/live/time`);
  return { url, stop: () => ended(child) };
}

if (require.main === module) void benchEdges().then((rows) => console.table(rows));
