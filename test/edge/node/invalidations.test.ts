import type { Edge } from '../../../edge/node/edge';
import type { EventEntry } from '../../../origin/events/event-record';
import {
  always,
  BYTES,
  closeAll,
  edgeBefore,
  FOR_GOOD,
  region,
  request,
  SEGMENT,
  textOf,
  type Knowledge,
} from '../../support/edge-before-regions';

afterEach(closeAll);

describe('what is invalidated', () => {
  const KEY = { tenant: 'acme', event: 'final' };
  const at = (number: number, representation = 'v720') => `/live/acme/final/${representation}/${number}.m4s`;
  /** Numbers below 998 are of pipeline b; who answers is told by the region's revision, as an origin tells it. */
  const origin = (revision: { current: number }) =>
    region((message, response) => {
      const number = Number(/(\d+)\.m4s/.exec(message.url ?? '')?.[1]);
      const candidate = `pipeline="${number < 998 ? 'b' : 'a'}", replica="r", served="us-east-1", number=${number}`;
      const told = { 'Headwater-Candidate': candidate, 'Headwater-Revision': String(revision.current) };
      response.writeHead(200, { ...FOR_GOOD, ...told }).end(BYTES);
    });
  const ALL = [996, 997, 998, 999, 1000];
  const mask = (id: string, fromSegment: number, toSegment: number): EventEntry => ({
    ...{ kind: 'mask', id, atMs: 10, by: 'op', reason: '', pipeline: 'a', fromSegment, toSegment },
  });

  async function warm(more: Partial<Knowledge> = {}) {
    const revision = { current: more.revision ?? 1 };
    const upstream = await origin(revision);
    const made = edgeBefore([upstream], more);
    const askAll = async () => {
      upstream.requests.length = 0;
      for (const number of ALL) expect((await made.edge.answer(request(at(number)))).status).toBe(200);
      return upstream.requests.map((url) => Number(/(\d+)\.m4s/.exec(url)?.[1]));
    };
    expect(await askAll()).toEqual(ALL);
    expect(await askAll()).toEqual([]);
    return { ...made, upstream, revision, askAll };
  }

  it.each([
    ['a range', { fromSegment: 997, toSegment: 998 }, [997, 998]],
    ['an open-ended range', { fromSegment: 999, toSegment: Number.MAX_SAFE_INTEGER }, [999, 1000]],
    ['a pipeline in it', { fromSegment: 997, toSegment: 999, pipeline: 'a' }, [998, 999]],
    ['a region', { fromSegment: 997, toSegment: 998, region: 'us-east-1' }, [997, 998]],
    ['a region that answered none', { fromSegment: 0, toSegment: 2000, region: 'us-west-2' }, []],
    ['another representation', { fromSegment: 0, toSegment: 2000, representation: 'a128' }, []],
  ])('%s is fetched again, and nothing else', async (_, range, again) => {
    const { edge, askAll } = await warm();
    edge.invalidate({ key: { ...KEY, event: 'other' }, ...range });
    expect(await askAll()).toEqual([]);
    edge.invalidate({ key: KEY, ...range });
    expect(await askAll()).toEqual(again);
    expect(await askAll()).toEqual([]);
  });

  it('is told by the configuration too, once', async () => {
    const { known, revision, askAll } = await warm();
    known.entries = [mask('m1', 998, 999)];
    known.revision = revision.current = 2;
    expect(await askAll()).toEqual([998, 999]);
    known.revision = revision.current = 3;
    expect(await askAll()).toEqual([]);
    known.entries = [...known.entries, mask('m2', 1000, 1000)];
    known.revision = revision.current = 4;
    expect(await askAll()).toEqual([1000]);
  });

  it('was fetched again before the configuration told: what knew of it stays', async () => {
    const { edge, known, revision, askAll } = await warm();
    revision.current = 2;
    edge.invalidate({ key: KEY, fromSegment: 998, toSegment: 999, pipeline: 'a' });
    expect(await askAll()).toEqual([998, 999]);
    known.entries = [mask('m1', 998, 999)];
    known.revision = 2;
    expect(await askAll()).toEqual([]);
  });

  it('is not kept from an origin that has not heard of it, however often it is asked', async () => {
    const { known, revision, askAll } = await warm();
    known.entries = [mask('m1', 998, 999)];
    known.revision = 2;
    expect([await askAll(), await askAll()]).toEqual([
      [998, 999],
      [998, 999],
    ]);
    revision.current = 2;
    expect([await askAll(), await askAll()]).toEqual([[998, 999], []]);
  });

  it('may have been missed: an edge that knows none of a full list asks for all of the event', async () => {
    const { known, revision, askAll } = await warm({ entries: [mask('m', 1, 1)], revision: 2 });
    known.entries = Array.from({ length: 64 }, (_, index) => mask(`n${index}`, 5, 5));
    known.revision = revision.current = 70;
    expect(await askAll()).toEqual(ALL);
  });

  it('goes to those who wait for it, and not into the cache', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const upstream = await region(
      (_, response) => void released.then(() => response.writeHead(200, FOR_GOOD).end(BYTES)),
    );
    const { edge } = edgeBefore([upstream]);
    const waiting = edge.answer(request());
    while (upstream.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    edge.invalidate({ key: KEY, fromSegment: 1000, toSegment: 1000 });
    release();
    expect((await waiting).status).toBe(200);
    await edge.answer(request());
    await edge.answer(request());
    expect(upstream.requests).toHaveLength(2);
  });

  it('is no error while every region fails: for a minute it stands in', async () => {
    const { edge, upstream, clock } = await warm();
    edge.invalidate({ key: KEY, fromSegment: 999, toSegment: 999 });
    upstream.server.closeAllConnections();
    await new Promise((resolve) => upstream.server.close(resolve));
    const answer = await edge.answer(request(at(999)));
    expect([answer.status, textOf(answer)]).toEqual([200, '0123456789']);
    await clock.advance(60_000);
    expect((await edge.answer(request(at(999)))).status).toBe(503);
  });

  it('a range request for what was invalidated is honest: If-Range with the former ETag brings the whole new object', async () => {
    let etag = '"d1"';
    const upstream = await region((_, response) =>
      response.writeHead(200, { ...FOR_GOOD, ETag: etag }).end(etag === '"d1"' ? BYTES : 'abcdefghij'),
    );
    const { edge } = edgeBefore([upstream]);
    const ranged = () => edge.answer(request(SEGMENT, { range: 'bytes=2-4', 'if-range': '"d1"' }));
    const before = await ranged();
    expect([before.status, textOf(before)]).toEqual([206, '234']);
    etag = '"d2"';
    edge.invalidate({ key: KEY, fromSegment: 1000, toSegment: 1000 });
    const after = await ranged();
    expect([after.status, textOf(after), after.headers['etag']]).toEqual([200, 'abcdefghij', '"d2"']);
  });
});

describe('notices', () => {
  const said = (atMs: number, type: string): EventEntry => ({
    ...{ kind: 'notice', id: `${atMs}-x`, atMs, by: 'op', type, name: '', data: {} },
  });
  const told = async (edge: Edge, path: string) => {
    const { status, headers } = await edge.answer(request(path));
    return [status, headers['Headwater-Notices'], headers['headwater-notices']];
  };

  it('are the newest on every answer: of the cache, of the guard, and when no region answers', async () => {
    const upstream = await region(
      always(200, { ...FOR_GOOD, 'Headwater-Notices': 'version=1, notices=(old)' }),
    );
    const { edge, known } = edgeBefore([upstream]);
    const OLD = 'version=1, notices=(old)';
    expect(await told(edge, SEGMENT)).toEqual([200, OLD, undefined]);
    known.entries = [said(5, 'new')];
    const NEW = 'version=5, notices=(new)';
    expect(await told(edge, SEGMENT)).toEqual([200, NEW, undefined]);
    expect(await told(edge, '/live/acme/final/v720/1500.m4s')).toEqual([404, NEW, undefined]);
    expect(await told(edge, '/live/acme/final/v720/899.m4s')).toEqual([404, NEW, undefined]);
    upstream.server.closeAllConnections();
    await new Promise((resolve) => upstream.server.close(resolve));
    expect(await told(edge, '/live/acme/final/v720/999.m4s')).toEqual([503, NEW, undefined]);
  });

  it('of an answer that is newer than what the edge knows stay', async () => {
    const upstream = await region(always(404, { 'Headwater-Notices': 'version=9, notices=(newer)' }));
    const { edge } = edgeBefore([upstream], { entries: [said(5, 'new')] });
    expect(await told(edge, SEGMENT)).toEqual([404, 'version=9, notices=(newer)', undefined]);
  });
});
