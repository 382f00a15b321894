import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, request } from 'undici';
import { nodeDigester } from '../../stores/node-digester';

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
  /** The Headwater-Defects of those answers that had one. */
  readonly defects: readonly string[];
  /** SHA-256 of the body, lower-case hexadecimal. */
  readonly digest: string;
  /** When the body was whole, and when every region had answered. */
  readonly forwardedAtMs: number;
  readonly answeredAtMs: number;
}

interface RegionAnswer {
  /** 0: none came. */
  readonly status: number;
  readonly defects: string | undefined;
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
    const forwardedAtMs = Date.now();
    const withheld = method === 'PUT' && withhold(path);
    const headers = { authorization: incoming.headers.authorization ?? '' };
    const send = (region: URL) =>
      answerOf(new URL(path, region), { method, headers, body, dispatcher: agent });
    const answers = withheld ? [] : await Promise.all(regions.map(send));
    const statuses = answers.map(({ status }) => status);
    passed.push({
      ...{ method, path, statuses, digest: nodeDigester.sha256Hex(body) },
      defects: answers.flatMap(({ defects }) => defects ?? []),
      ...{ forwardedAtMs, answeredAtMs: Date.now() },
    });
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

async function answerOf(url: URL, options: Parameters<typeof request>[1]): Promise<RegionAnswer> {
  try {
    const { statusCode, headers, body } = await request(url, options);
    await body.dump();
    return { status: statusCode, defects: headers['headwater-defects']?.toString() };
  } catch {
    return { status: 0, defects: undefined };
  }
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
