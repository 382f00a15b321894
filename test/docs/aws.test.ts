import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cutFrames } from '../../demo/damage';
import { etagOf, reprDigest } from '../../http/segment-headers';
import { FIRST_BYTE_MS_MAX, HEDGE_MS } from '../../origin/serve/hedged-read';
import { PATIENCE } from '../../stores/aws/clients';
import { PUT_BYTES_MAX } from '../../stores/aws/schema';
import { nodeDigester } from '../../stores/node-digester';
import { contribution } from '../support/contribution';
import {
  asset,
  deploy,
  EDGE,
  eventOf,
  put,
  publish,
  publishInit,
  serve,
  type Deployment,
} from '../support/deployment';

const PAGE = readFileSync(join(__dirname, '..', '..', 'docs', 'aws.md'), 'utf8');
const MEDIA = `v360/${EDGE}.m4s`;
const GOOD = asset.segment('v360', EDGE);
const DIGEST = nodeDigester.sha256Hex(GOOD);
const SHORT = cutFrames(GOOD, 5);
const far = EDGE + 1000;
const MANIFEST = Buffer.from('<MPD/>');
const handOff = (upload: string, body?: Uint8Array) => ({
  ...{ method: 'POST', query: { upload }, headers: { 'repr-digest': reprDigest(DIGEST) } },
  ...(body && { body }),
});
const nothing = async () => undefined;

/** What comes before each request, uncounted, and the request. */
const REQUESTS: Readonly<
  Record<
    string,
    readonly [prepare: (made: Deployment) => Promise<unknown>, ask: (made: Deployment) => Promise<unknown>]
  >
> = {
  'PUT of a segment': [nothing, ({ origin }) => put(origin, MEDIA, GOOD)],
  'PUT of the same again': [({ origin }) => publish(origin), ({ origin }) => put(origin, MEDIA, GOOD)],
  'PUT of a number far ahead': [
    nothing,
    ({ origin }) => put(origin, `v360/${far}.m4s`, asset.segment('v360', far)),
  ],
  'PUT with a fatal defect': [nothing, ({ origin }) => put(origin, MEDIA, new Uint8Array(100).fill(0x41))],
  'POST `?upload`': [
    nothing,
    ({ origin }) =>
      put(origin, MEDIA, undefined, handOff('', Buffer.from(JSON.stringify({ length: GOOD.length })))),
  ],
  'POST `?upload=complete`': [uploaded, ({ origin }) => put(origin, MEDIA, undefined, handOff('complete'))],
  'GET of a segment': [({ origin }) => publish(origin), ({ origin }) => serve(origin, MEDIA)],
  'HEAD, or a GET that `If-None-Match` answers': [
    ({ origin }) => publish(origin),
    ({ origin }) => serve(origin, MEDIA, { headers: { 'if-none-match': etagOf(DIGEST) } }),
  ],
  'GET of a segment that is defective here': [
    ({ origin }) => publish(origin, { bytes: SHORT }),
    ({ origin }) => serve(origin, MEDIA),
  ],
  'GET of a segment that came late or never': [
    nothing,
    ({ origin }) => serve(origin, `v360/${EDGE - 100}.m4s`),
  ],
  'GET of what the schedule does not have': [nothing, ({ origin }) => serve(origin, `v360/${far}.m4s`)],
  'GET of an init segment': [nothing, ({ origin }) => serve(origin, 'v360/init.mp4')],
  'GET of the MPD or the master playlist': [
    nothing,
    ({ origin }) => Promise.all(['manifest.mpd', 'master.m3u8'].map((name) => serve(origin, name))),
  ],
  'GET of a media playlist': [published, ({ origin }) => serve(origin, 'v360/media.m3u8')],
  'GET of the same within a second': [
    async (made) => {
      await published(made);
      await serve(made.origin, 'v360/media.m3u8');
    },
    ({ origin }) => serve(origin, 'v360/media.m3u8'),
  ],
  "PUT of a packager's manifest": [nothing, ({ origin }) => put(origin, 'live.mpd', MANIFEST)],
  "GET of a packager's manifest": [
    ({ origin }) => put(origin, 'live.mpd', MANIFEST),
    ({ origin }) => serve(origin, 'packager/a/live.mpd'),
  ],
  'GET of one that is not here': [nothing, ({ origin }) => serve(origin, 'packager/a/live.mpd')],
};

/** What a playlist lists, of which each came just in time. */
async function published({ origin }: Deployment): Promise<void> {
  const key = { tenant: 'acme', event: 'final', representation: 'v360', pipeline: 'a' };
  for (const candidate of contribution(await eventOf(origin), 'g'.repeat(20), EDGE - 19, key))
    await origin.local.candidates.record({ ...candidate, publishedAtMs: candidate.publishedAtMs - 1 });
}

async function uploaded({ origin, counts }: Deployment): Promise<void> {
  const ref = { tenant: 'acme', event: 'final', representation: 'v360', number: EDGE, pipeline: 'a' };
  const whole = { ...ref, digest: DIGEST, size: GOOD.length };
  const { uploads } = origin.local as unknown as {
    uploads: {
      offer(...of: unknown[]): Promise<object>;
      put(place: object, bytes: Uint8Array): Promise<number>;
    };
  };
  const place = await uploads.offer(whole, Number.MAX_SAFE_INTEGER);
  if ((await uploads.put(place, GOOD)) !== 200) throw new Error('wanted the upload taken');
  counts.regions.forEach((each) => each.reset());
}

/** The table's rows: request, calls here, calls in each other region. */
const ROWS = PAGE.split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter((cells) => cells.length === 5 && /^(PUT|POST|GET|HEAD)/.test(cells[1] ?? ''))
  .map(([, request = '', here = '', there = '']) => [request, callsOf(here), callsOf(there)] as const);

function callsOf(cell: string): Record<string, number> {
  const calls = [...cell.matchAll(/`([\w.]+)` (\d+)/g)];
  return Object.fromEntries(calls.map(([, name = '', times]) => [name, Number(times)]));
}

it('docs/aws.md has every request that is counted, and no other', () => {
  expect(ROWS.map(([request]) => request)).toEqual(Object.keys(REQUESTS));
});

it.each(ROWS)('%s costs what docs/aws.md says', async (request, here, there) => {
  // Nothing is held, what is due and not there is given up at once, and instances are not told of changes, as on AWS.
  const configuration = { publish: { holdMs: 0, retryDeadlineMs: 0 }, hls: { windowSeconds: 30 } };
  const made = await deploy(configuration, ['us-east-1', 'us-west-2'], { isTold: false });
  await publishInit(made.origin);
  const [prepare, ask] = REQUESTS[request]!;
  await prepare(made);
  made.forget();
  await ask(made);
  expect(made.counts.regions.map(({ all }) => all)).toEqual([here, there]);
});

it.each([
  `no byte within ${HEDGE_MS} ms`,
  `none within ${FIRST_BYTE_MS_MAX / 1000} s`,
  `S3 after ${PATIENCE.s3.attemptMs / 1000} s`,
  `after ${PATIENCE.dynamoDb.attemptMs / 1000} s`,
  `some ${PUT_BYTES_MAX / 1e6} MB`,
])('docs/aws.md says what the code does: %s', (sentence) => {
  expect(PAGE.replace(/\s+/g, ' ')).toContain(sentence);
});
