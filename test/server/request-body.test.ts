import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { BodyMemory } from '../../server/body-memory';
import { readBody } from '../../server/request-body';
import { FakeClock } from '../support/fake-clock';
import { NOW_MS } from '../support/samples';

const LIMITS = { bodyBytesMax: 100_000, owners: ['acme', 'acme/final/a'] };

/** A body whose bytes come when the test says, by a clock that goes when the test says. */
function arriving(headers: Record<string, string>, memory = new BodyMemory(300_000)) {
  const message = new IncomingMessage(new Socket());
  message.headers = headers;
  const clock = new FakeClock(NOW_MS);
  const body = { outcome: undefined as string | undefined };
  const read = readBody(message, LIMITS, memory, clock).then(({ kind, release }) => {
    body.outcome = kind;
    release();
  });
  return {
    ...{ body, memory, clock },
    /** A piece, and the time until the next. */
    comes: async (bytes: number, thenMs: number) => {
      if (bytes > 0) message.push(Buffer.alloc(bytes));
      await turn();
      await clock.advance(thenMs);
      await turn();
    },
    ends: async () => {
      message.complete = true;
      message.push(null);
      await read;
    },
  };
}

const declared = (bytes: number) => ({ 'content-length': String(bytes) });
const CHUNKED = { 'transfer-encoding': 'chunked' };

describe('a body that comes too slowly to be whole in time', () => {
  it.each([
    ['by single bytes', declared(16_000), 1, 1000],
    ['whose sender stays silent', declared(16_000), 0, 30_000],
    ['a sixteenth in half a minute, but for a byte', declared(16_000), 999, 30_000],
  ])('is ended after half a minute, and its memory is free: %s', async (_, headers, bytes, everyMs) => {
    const { body, memory, comes, clock } = arriving(headers);
    while (body.outcome === undefined && clock.nowMs() < NOW_MS + 120_000) await comes(bytes, everyMs);
    expect([body.outcome, clock.nowMs() - NOW_MS]).toEqual(['too-slow', 30_000]);
    expect(memory.take(LIMITS.owners, 100_000)).toBe(true);
  });

  it('is ended also when it began well', async () => {
    const { body, comes } = arriving(declared(64_000));
    await comes(32_000, 30_000);
    expect(body.outcome).toBeUndefined();
    for (let ms = 0; ms < 45_000; ms += 1000) await comes(1, 1000);
    expect(body.outcome).toBe('too-slow');
  });

  it('is ended when it has no length either, by what it has brought', async () => {
    const { body, comes } = arriving(CHUNKED);
    await comes(32_000, 30_000);
    expect(body.outcome).toBeUndefined();
    for (let ms = 0; ms < 45_000; ms += 1000) await comes(1, 1000);
    expect(body.outcome).toBe('too-slow');
  });
});

describe('a packager on a bad link', () => {
  it.each<[string, Record<string, string>, readonly (readonly [bytes: number, thenMs: number])[]]>([
    ['sends while it encodes: 2 s', CHUNKED, Array.from({ length: 50 }, () => [2000, 40] as const)],
    ['sends while it encodes: 10 s', CHUNKED, Array.from({ length: 10 }, () => [9000, 1000] as const)],
    ['pauses between', CHUNKED, [...[50_000, 1, 1, 40_000].map((bytes) => [bytes, 9000] as const)]],
    ['has subtitles of a few bytes', CHUNKED, [...[100, 20, 20].map((bytes) => [bytes, 9900] as const)]],
    [
      'loses its way for 29 s',
      declared(80_000),
      [...[1000, 79_000].map((bytes) => [bytes, 29_000] as const)],
    ],
    ['needs two minutes', declared(90_000), Array.from({ length: 120 }, () => [750, 990] as const)],
    [
      'needs them mostly for the end',
      declared(90_000),
      [...[6000, 6000, 6000, 72_000].map((b) => [b, 29_000] as const)],
    ],
  ])('is heard to the end: it %s', async (_, headers, pieces) => {
    const { body, comes, ends } = arriving(headers);
    for (const [bytes, thenMs] of pieces) await comes(bytes, thenMs);
    await ends();
    expect(body.outcome).toBe('whole');
  });
});
