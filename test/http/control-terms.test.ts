import { control, DEFAULTS, deploy, EDGE, jsonOf } from '../support/deployment';

const MASK = { pipeline: 'a', fromSegment: EDGE, reason: 'picture freezes' };

describe('the terms of a change', () => {
  it.each([
    ['force that is null', { ...MASK, force: null }, {}, 'force'],
    ['force that is text', { ...MASK, force: 'yes' }, {}, 'force'],
    ['a reason that is a number', { ...MASK, reason: 7 }, {}, 'reason'],
    ['a reason of 501 characters', { ...MASK, reason: 'x'.repeat(501) }, {}, 'reason'],
    ['preview with a word', MASK, { query: { preview: 'please' } }, 'preview'],
    ['a condition without end', MASK, { headers: { 'if-match': 'x'.repeat(1025) } }, 'If-Match'],
    [
      'what is wrong, before conditions',
      { ...MASK, pipeline: 'z' },
      { headers: { 'if-match': '"x"' } },
      'pipeline',
    ],
  ])('%s: refused by name', async (_, input, parts, parameter) => {
    const { origin } = await deploy();
    const response = await control(origin, 'POST', 'masks', input, parts);
    expect([response.status, jsonOf(response)]).toMatchObject([400, { faults: [{ parameter }] }]);
  });

  it('that cannot be tried out do nothing when asked to', async () => {
    const { origin } = await deploy();
    const query = { preview: '' };
    expect((await control(origin, 'DELETE', '', undefined, { query })).status).toBe(400);
    expect((await control(origin, 'PUT', 'pipelines/a/credential', {}, { query })).status).toBe(400);
    expect((await control(origin, 'GET', '')).status).toBe(200);
    expect(await origin.credentials.ofEvent({ tenant: 'acme', event: 'final' })).toEqual([]);
  });

  it('reach the history: who, what, why, page by page', async () => {
    const { origin, clock } = await deploy();
    await clock.advance(1);
    await control(
      origin,
      'PUT',
      '',
      { ...DEFAULTS, liveWindowSeconds: 60 },
      { headers: { 'headwater-reason': 'slow players' } },
    );
    await clock.advance(1);
    await control(origin, 'PUT', 'pipelines/a/credential', { reason: 'rotation' });
    await clock.advance(1);
    const { id } = jsonOf(await control(origin, 'POST', 'masks', MASK)) as { id: string };
    await clock.advance(1);
    await control(origin, 'DELETE', `masks/${id}`, undefined, { headers: { 'headwater-reason': 'fixed' } });
    await clock.advance(1);
    await control(origin, 'DELETE', '');
    const pages: Record<string, unknown>[] = [];
    let before: string | null = '';
    while (before !== null) {
      const query = { limit: '2', ...(before !== '' && { before }) };
      const page = jsonOf(await control(origin, 'GET', 'history', undefined, { query }));
      pages.push(...(page['changes'] as Record<string, unknown>[]));
      before = page['next'] as string | null;
    }
    expect(pages.map(({ action, reason }) => [action, reason])).toEqual([
      // A deleted event takes its credentials along.
      ['revocation', undefined],
      ['deleted', undefined],
      ['undone', 'fixed'],
      ['mask', 'picture freezes'],
      ['credential', 'rotation'],
      ['replaced', 'slow players'],
      ['created', undefined],
    ]);
    expect(pages[5]).toMatchObject({
      by: 'operator-1',
      members: [{ member: 'liveWindowSeconds', from: '30', to: '60' }],
    });
    expect(JSON.stringify(pages)).not.toContain('secret');
  });

  it('a list that somebody else changed meanwhile is 412; the one that was read is not', async () => {
    const { origin } = await deploy();
    const { headers } = await control(origin, 'GET', 'masks');
    const once = { headers: { 'if-match': headers['ETag'] ?? '' } };
    expect((await control(origin, 'POST', 'masks', MASK, once)).status).toBe(201);
    expect((await control(origin, 'POST', 'masks', MASK, once)).status).toBe(412);
  });
});

/** Segments of 2 s, due 0.5 s after their end, with a window of 600 s. */
const LAST = Math.floor((Date.UTC(9999, 11, 31, 23, 59, 59, 999) - 600_000 - 500) / 2000) - 1;

it.each([
  // A number more, and its window would end in the year 10000.
  ['end', { finalSegment: LAST + 1 }],
  ['end', { finalSegment: 78_690_917_710_431 }],
  ['end', { finalSegment: Number.MAX_SAFE_INTEGER }],
  ['', { ...DEFAULTS, initialSegmentNumber: Number.MAX_SAFE_INTEGER }],
])('%s: a number whose time has no date is refused by name', async (path, input) => {
  const { origin } = await deploy();
  const response = await control(origin, path === '' ? 'PUT' : 'POST', path, input);
  expect(response.status).toBe(400);
  expect(jsonOf(response)).toMatchObject({
    faults: [{ parameter: path === '' ? 'initialSegmentNumber' : 'finalSegmentNumber' }],
  });
});

it('the last number whose time has a date is taken', async () => {
  const { origin } = await deploy();
  const response = await control(origin, 'POST', 'end', { finalSegment: LAST });
  expect([response.status, jsonOf(response)['expiresAt']]).toEqual([200, '9999-12-31T23:59:58.500Z']);
});
