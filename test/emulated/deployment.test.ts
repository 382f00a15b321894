import { setTimeout as sleepMs } from 'node:timers/promises';
import { deployed } from './deployed';
import {
  control,
  createEvent,
  freshNumber,
  frozen,
  get,
  type LiveEventUnderTest,
  mediaName,
  padded,
  put,
  segment,
} from './live-event';

const [home, away] = deployed().regions as [
  ReturnType<typeof deployed>['regions'][number],
  ReturnType<typeof deployed>['regions'][number],
];
let event: LiveEventUnderTest;

beforeAll(async () => {
  event = await createEvent(`final-${Date.now().toString(36)}`);
});

const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

describe('a segment through API Gateway, Lambda, S3 and DynamoDB', () => {
  it.each([100_000, 4_000_000])('comes back byte for byte: %d bytes', async (size) => {
    const number = freshNumber();
    const bytes = padded(number, size);
    const stored = await put(home, event, 'a', mediaName(number), bytes);
    expect([stored.status, await stored.json()]).toEqual([
      201,
      expect.objectContaining({ size, pipeline: 'a', region: home.region }),
    ]);
    const served = await get(home, event, mediaName(number));
    expect(served.status).toBe(200);
    expect((await bytesOf(served)).equals(bytes)).toBe(true);
    expect(served.headers.get('content-type')).toBe('video/mp4');
    expect(served.headers.get('headwater-candidate')).toContain('pipeline="a"');
  });

  it('is cut to the range that is asked for', async () => {
    const number = freshNumber();
    const bytes = segment(number);
    await put(home, event, 'a', mediaName(number), bytes);
    const part = await fetch(`${home.serveUrl}${event.path}/${mediaName(number)}`, {
      headers: { Range: 'bytes=100-299' },
    });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 100-299/${bytes.byteLength}`);
    expect((await bytesOf(part)).equals(Buffer.from(bytes.subarray(100, 300)))).toBe(true);
  });

  it('is stored once: the same bytes again are 200, others 409', async () => {
    const number = freshNumber();
    const bytes = segment(number);
    const statuses: number[] = [];
    for (const body of [bytes, bytes, padded(number, 200_000)])
      statuses.push((await put(home, event, 'a', mediaName(number), body)).status);
    expect(statuses).toEqual([201, 200, 409]);
    expect((await bytesOf(await get(home, event, mediaName(number)))).equals(bytes)).toBe(true);
  });
});

describe('who may', () => {
  it('publish: without a credential, API Gateway itself answers 401 and says how', async () => {
    const answer = await fetch(`${home.publishUrl}${event.path}/${mediaName(1)}`, {
      method: 'PUT',
      body: 'x',
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm="headwater"/);
  });

  it('publish: not with a wrong secret, nor for another event', async () => {
    const wrong = { ...event, secrets: { a: 'x'.repeat(43) } };
    expect((await put(home, wrong, 'a', mediaName(1), segment(1))).status).toBe(401);
    const other = { ...event, path: '/live/acme/other' };
    expect((await put(home, other, 'a', mediaName(1), segment(1))).status).toBe(403);
  });

  it('fetch: the CDN only', async () => {
    const answer = await fetch(`${home.bareServeUrl}${event.path}/${mediaName(1)}`);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('operate: whoever holds the operator token', async () => {
    const path = '/control/v1/tenants/acme/events';
    expect((await fetch(deployed().controlUrl + path)).status).toBe(401);
    const listed = (await (await control('GET', path)).json()) as { events: { event: string }[] };
    expect(listed.events.map((each) => each.event)).toContain(event.name);
  });
});

describe('selection across pipelines and regions', () => {
  it('turns to the other pipeline once the stream processor has seen that the first one froze', async () => {
    const number = freshNumber();
    // One region has both pipelines; the pictures of `a` stand still at number + 1.
    const puts = [
      await put(home, event, 'a', mediaName(number), segment(number)),
      await put(home, event, 'b', mediaName(number), segment(number)),
      await put(home, event, 'b', mediaName(number + 1), segment(number + 1)),
      await put(home, event, 'a', mediaName(number + 1), frozen(number)),
    ];
    expect(puts.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    await until(async () => {
      const answer = await get(home, event, mediaName(number + 1));
      return answer.headers.get('headwater-candidate')?.includes('pipeline="b"') === true;
    });
    const served = await get(home, event, mediaName(number + 1));
    expect((await bytesOf(served)).equals(segment(number + 1))).toBe(true);
    const path = `/control/v1/tenants/acme/events/${event.name}/explain?path=${mediaName(number + 1)}`;
    expect(JSON.stringify(await (await control('GET', path)).json())).toContain('repeated');
  });

  it('serves in one region what was published in the other only', async () => {
    const number = freshNumber();
    await put(away, event, 'b', mediaName(number), segment(number));
    const served = await get(home, event, mediaName(number));
    expect(served.status).toBe(200);
    expect((await bytesOf(served)).equals(segment(number))).toBe(true);
    expect(served.headers.get('headwater-candidate')).toContain(`replica="${away.region}"`);
  });
});

/** The stream is asynchronous; it takes the emulator some 100 ms. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await condition()) return;
    await sleepMs(200);
  }
  throw new Error('wanted the condition to hold within 20 s, it did not');
}
