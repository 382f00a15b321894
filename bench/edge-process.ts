import { Edge } from '../edge/node/edge';
import type { EdgeConfiguration } from '../origin/events/edge-configuration';
import { createHttpServer } from '../server/http-server';
import { systemClock } from '../stores/system-clock';
import { CONTROL_TOKEN } from './servers';

/**
 * The Node edge in a process of its own, as an edge on another machine would be: `edge-process.ts PORT REGION_URL`. What
 * the embedded run shares in memory it asks of the region's control plane, once a second and event.
 */
async function main(port: string, url: string): Promise<void> {
  const known = new Map<string, { readonly askedAtMs: number; readonly found: Promise<EdgeConfiguration> }>();
  const ask = async (event: string): Promise<EdgeConfiguration> => {
    const answer = await fetch(`${url}/control/v1/tenants/bench/events/${event}/edge`, {
      headers: { Authorization: `Bearer ${CONTROL_TOKEN}` },
    });
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as EdgeConfiguration;
  };
  const edge = new Edge({
    regions: [{ name: 'local', url }],
    configurationOf({ event }) {
      const nowMs = systemClock.nowMs();
      const fresh = known.get(event);
      if (fresh !== undefined && nowMs - fresh.askedAtMs < 1000) return fresh.found;
      const found = ask(event);
      known.set(event, { askedAtMs: nowMs, found });
      return found;
    },
    clock: systemClock,
  });
  const server = createHttpServer({
    route: () => ({ kind: 'take', bodyBytesMax: 0, answer: async (request) => edge.answer(request) }),
    clock: systemClock,
    log: { warn: console.error, error: console.error },
  });
  await server.listen('127.0.0.1', Number(port));
}

const [port = '', url = ''] = process.argv.slice(2);
void main(port, url);
