import { Agent, request } from 'node:http';

/** How one client was answered. */
export interface Served {
  readonly status: number;
  readonly bytes: number;
}

/** Many players, each with a connection of its own. */
export class Clients {
  readonly #agent = new Agent({ keepAlive: false, maxSockets: Infinity });

  get(url: string): Promise<Served> {
    return new Promise((resolve, reject) => {
      const sent = request(url, { agent: this.#agent }, (response) => {
        let bytes = 0;
        response.on('data', (piece: Buffer) => (bytes += piece.length));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, bytes }));
        response.on('error', reject);
      });
      sent.on('error', reject);
      sent.end();
    });
  }

  /** `count` clients ask for the same, spread evenly over a time. Resolves when all were answered. */
  async storm(count: number, overMs: number, url: (index: number) => string): Promise<readonly Served[]> {
    const asked: Promise<Served>[] = [];
    const startMs = performance.now();
    for (let index = 0; index < count; index += 1) {
      const waitMs = startMs + (index * overMs) / count - performance.now();
      if (waitMs > 1) await sleep(waitMs);
      asked.push(this.get(url(index)));
    }
    return Promise.all(asked);
  }

  close(): void {
    this.#agent.destroy();
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** How many were answered with each status. */
export function statuses(served: readonly Served[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status } of served) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
