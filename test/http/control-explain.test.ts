import { cutFrames } from '../../demo/damage';
import { asset, control, deploy, EDGE, jsonOf, publish, publishInit } from '../support/deployment';

const SEGMENT = `v360/${EDGE}.m4s`;

async function explained(origin: Parameters<typeof control>[0], path: string) {
  return jsonOf(await control(origin, 'GET', 'explain', undefined, { query: { path } }));
}

/** Pipeline `a` lacks 11 frames, `b` is clean. */
async function failedOver() {
  const deployment = await deploy({ pipelines: ['a', 'b', 'c'] }, ['us-east-1', 'us-west-2']);
  await publish(deployment.origin, { bytes: cutFrames(asset.segment('v360', EDGE), 11) });
  await publish(deployment.origins[1]!, { pipeline: 'b' });
  return deployment;
}

describe('a segment', () => {
  it('in a sentence a person can read out', async () => {
    const { origin } = await failedOver();
    const { text } = await explained(origin, SEGMENT);
    expect(text).toBe(
      `Segment ${EDGE} of v360: served from pipeline b, which us-west-2 has: it is the first in order with a clean copy. ` +
        'Pipeline a was passed over: short (missing 11, ticks -5632). Pipeline c has published nothing for it.',
    );
  });

  it('with its candidates of all regions, though one region alone would settle it', async () => {
    const { origin, origins } = await failedOver();
    await publish(origins[1]!);
    await publish(origins[0], { pipeline: 'b' });
    const { rule, decision } = await explained(origin, SEGMENT);
    expect(rule).toBe('first-in-order');
    expect(decision).toMatchObject({
      chosen: { pipeline: 'a', replicas: [{ region: 'us-west-2', inspection: { sampleCount: 50 } }] },
      passedOver: [
        { pipeline: 'a', why: 'other-copy' },
        {
          pipeline: 'b',
          why: 'later-in-order',
          replicas: [{ region: 'us-east-1' }, { region: 'us-west-2' }],
        },
      ],
    });
  });

  it('with the mask that excludes: which, whose, why', async () => {
    const { origin } = await deploy();
    for (const pipeline of ['a', 'b']) await publish(origin, { pipeline });
    const made = jsonOf(
      await control(origin, 'POST', 'masks', { pipeline: 'a', fromSegment: EDGE, reason: 'picture freezes' }),
    );
    const { text, decision, configuration } = await explained(origin, SEGMENT);
    expect(text).toContain(`masked by operator-1, "picture freezes" (${String(made['id'])})`);
    expect(decision).toMatchObject({
      masks: [{ id: made['id'], by: 'operator-1', reason: 'picture freezes' }],
    });
    expect(configuration).toEqual({ revision: 1, version: 2, updatedAt: expect.any(String) as string });
  });

  it('with the preference that orders', async () => {
    const { origin } = await deploy();
    for (const pipeline of ['a', 'b']) await publish(origin, { pipeline });
    await control(origin, 'POST', 'preferences', { fromSegment: EDGE, order: ['b'] });
    const { text, preference } = await explained(origin, SEGMENT);
    expect(preference).toMatchObject({ order: ['b'], by: 'operator-1' });
    expect(text).toMatch(/served from pipeline b.*The order b, a is a preference of operator-1/);
  });

  it.each([
    [-2000, /404, the event has the segments from \d+ on\./],
    [0, /not there; it may come for another \d\.\d s\. Pipeline a has published nothing/],
    [2, /404 for another \d+\.\d s: it is served once it is the next\./],
    [-100, /410, no copy that may be served came in time\./],
  ])('that is not there, %d numbers from the edge', async (offset, text) => {
    const { origin } = await deploy();
    expect((await explained(origin, `v360/${EDGE + offset}.m4s`))['text']).toMatch(text);
  });

  it('that is answered with an empty fragment', async () => {
    const { origin } = await deploy({ whenMissing: 'empty' });
    await publishInit(origin);
    const { text } = await explained(origin, `v360/${EDGE - 100}.m4s`);
    expect(text).toMatch(/200 with an empty fragment, no copy that may be served came in time\./);
  });

  it('that is next, and not held yet', async () => {
    const { origin } = await deploy({ publish: { delayMs: 500, holdMs: 0, retryDeadlineMs: 6000 } });
    const { text, position } = await explained(origin, `v360/${EDGE + 1}.m4s`);
    expect(text).toMatch(/404 until it is published: held from \d+\.\d s on\./);
    expect(position).toEqual({ kind: 'next' });
  });

  it('that is published two numbers ahead, which nobody gets yet', async () => {
    const { origin } = await deploy();
    await publish(origin, { number: EDGE + 2 });
    const { text, position } = await explained(origin, `v360/${EDGE + 2}.m4s`);
    expect(text).toMatch(/404 for another \d+\.\d s: it is served once it is the next\. Pipeline b has/);
    expect(position).toMatchObject({ kind: 'early' });
  });

  it('that is older than the window', async () => {
    const { origin } = await deploy({ timeShiftBufferDepthSeconds: 600 });
    const { text } = await explained(origin, `v360/${EDGE - 400}.m4s`);
    expect(text).toContain('410, it is older than the DVR window.');
  });

  it('of which a region was not heard', async () => {
    const { origin } = await failedOver();
    const [peer] = origin.peers;
    const gone = { ...peer!.candidates, ofRange: () => Promise.reject(new Error('region gone')) };
    const { text } = await explained({ ...origin, peers: [{ ...peer!, candidates: gone }] }, SEGMENT);
    expect(text).toContain('with short (missing 11, ticks -5632): nobody has a clean copy');
    expect(text).toContain('Without an answer from us-west-2.');
  });
});

it.each([
  ['a whole URL', `https://cdn.example.com/live/acme/final/${SEGMENT}?CMCD=x#t=1`],
  ['its path', `/live/acme/final/${SEGMENT}?v=1`],
  ['a path below the event', SEGMENT],
])('%s names it', async (_, asked) => {
  const { origin } = await deploy();
  expect(await explained(origin, asked)).toMatchObject({ path: SEGMENT, target: 'segment', number: EDGE });
});

describe('an init', () => {
  it('that has not come', async () => {
    const { origin } = await deploy();
    const told = await explained(origin, 'v360/init.mp4');
    expect(told).toMatchObject({ target: 'init', init: null, versions: [] });
  });

  it('whose it is, and who sent another', async () => {
    const { origin } = await deploy();
    await publishInit(origin);
    await publishInit(origin, { pipeline: 'b', bytes: asset.init('v720') });
    const told = await explained(origin, 'v360/init.mp4');
    expect(told).toMatchObject({ init: { version: 1, pipeline: 'a' }, refused: [{ pipeline: 'b' }] });
    expect(told['text']).toMatch(
      /version 1, from pipeline a, the first that came\. Pipeline b sent one of another/,
    );
  });
});

it.each([
  ['manifest.mpd', 'mpd', /made of the schedule/],
  ['v360/media.m3u8', 'media-playlist', /made of the schedule/],
  ['packager/a/x.mpd', 'document', /the last that was PUT/],
  [`v360/0${EDGE}.m4s`, 'not-canonical', /leading zeros/],
  ['nothing/here', 'nothing', /no template/],
])('%s: %s', async (path, target, text) => {
  const { origin } = await deploy();
  const told = await explained(origin, path);
  expect(told['target']).toBe(target);
  expect(told['text']).toMatch(text);
});
