import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, request } from 'undici';

/** A packager knows one URL; this stands between it and the regions, as the publisher does in production. */
export interface FanOut {
  /** What the packager publishes to instead of a region. */
  readonly url: URL;
  /** What was passed on or withheld, in order. */
  readonly passed: readonly Passed[];
  readonly close: () => Promise<void>;
}

export interface Passed {
  readonly method: string;
  readonly path: string;
  /** The regions' answers, in the order of `regions`; empty when withheld, 0 where no answer came. */
  readonly statuses: readonly number[];
}

/**
 * Reads each PUT whole and forwards it to every region with Content-Length and the packager's own credential. Answers
 * with the first region's status once all have answered, or 502 when none did.
 * @param withhold true: the request is acknowledged (201) and reaches no region, as if the pipeline had lost it.
 */
export async function startFanOut(
  regions: readonly URL[],
  withhold: (path: string) => boolean = () => false,
): Promise<FanOut> {
  const passed: Passed[] = [];
  const agent = new Agent();
  const server = createServer((incoming, response) => void forward(incoming, response));

  async function forward(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '' } = incoming;
    const body = await wholeBody(incoming);
    const withheld = method === 'PUT' && withhold(path);
    const authorization = incoming.headers.authorization ?? '';
    const statuses = withheld
      ? []
      : await Promise.all(
          regions.map(async (region) => {
            const url = new URL(path, region);
            return request(url, { method, headers: { authorization }, body, dispatcher: agent })
              .then(async (answer) => (await answer.body.dump(), answer.statusCode))
              .catch(() => 0);
          }),
        );
    passed.push({ method, path, statuses });
    const status = statuses.find((answered) => answered > 0);
    response.writeHead(withheld ? 201 : (status ?? 502)).end();
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    passed,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await agent.close();
    },
  };
}

async function wholeBody(incoming: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** For `withhold`: two of three segments come through, as from a pipeline with a bad uplink. */
export function everyThirdSegment(path: string): boolean {
  const number = /\/(\d+)\.m4s$/.exec(path)?.[1];
  return number !== undefined && Number(number) % 3 === 0;
}
