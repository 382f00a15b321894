import { get, request, type Agent } from 'node:http';

export interface Fetched {
  readonly startedMs: number;
  readonly endedMs: number;
}

/** @throws when the answer is not 200: a fast error is no result. */
export function fetched(url: string, agent: Agent): Promise<Fetched> {
  const startedMs = now();
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 200) resolve({ startedMs, endedMs: now() });
        else reject(new Error(`${url}: wanted 200, got ${response.statusCode ?? 'nothing'}`));
      });
    }).on('error', reject);
  });
}

/** @returns when the origin says that it was published, and how long the PUT took. */
export function put(
  url: string,
  authorization: string,
  bytes: Buffer,
): Promise<{ publishedAtMs: number; tookMs: number }> {
  const startedMs = now();
  return new Promise((resolve, reject) => {
    const headers = { Authorization: authorization, 'Content-Length': bytes.length };
    const sent = request(url, { method: 'PUT', headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const tookMs = now() - startedMs;
        const text = Buffer.concat(parts).toString();
        if (response.statusCode !== 201) {
          reject(new Error(`${url}: wanted 201, got ${response.statusCode ?? 'nothing'} ${text}`));
          return;
        }
        resolve({ tookMs, publishedAtMs: (JSON.parse(text) as { publishedAtMs: number }).publishedAtMs });
      });
    });
    sent.on('error', reject);
    sent.end(bytes);
  });
}

/** Epoch milliseconds, with fractions. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

export function until(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms - now())));
}
