import type { Headwater } from '../../embedded';
import { embeddedRun } from '../support/embedded-run';

const SEGMENT_MS = 2000;

interface Fault {
  readonly id: string;
}

/** The whole embedded run with its demo; the lab's calls go over HTTP. Tests go on from each other. */
describe('the lab of the embedded run', () => {
  let headwater: Headwater;

  beforeAll(async () => {
    headwater = await embeddedRun(['one', 'two'], { demo: true });
  });

  const call = (method: string, path: string, body?: unknown, token = headwater.controlToken) =>
    fetch(`${headwater.edgeUrl}/lab/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const breaks = async (fault: string, subject: string): Promise<Fault> => {
    const answer = await call('POST', 'faults', { fault, subject, durationSeconds: 120 });
    expect(answer.status).toBe(201);
    return (await answer.json()) as Fault;
  };
  const mends = async ({ id }: Fault) => expect((await call('DELETE', `faults/${id}`)).status).toBe(200);

  /** The newest segment that is due, from the edge; asked anew while it is not there. */
  const newest = async (matches: (candidate: string) => boolean) => {
    for (let tries = 0; tries < 60; tries++) {
      const number = Math.floor(Date.now() / SEGMENT_MS) - 2;
      const { status, headers } = await fetch(`${headwater.edgeUrl}/live/demo/loop/v360/${number}.m4s`);
      const candidate = headers.get('headwater-candidate') ?? '';
      if (status === 200 && matches(candidate)) return candidate;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error('wanted such a segment within 15 s');
  };

  it('tells the administrator alone what it can break', async () => {
    expect((await call('GET', 'faults', undefined, 'guess')).status).toBe(401);
    const told = (await (await call('GET', 'faults')).json()) as {
      catalog: { name: string; subjects: string[] }[];
    };
    expect(told.catalog.find(({ name }) => name === 'stop')?.subjects).toEqual(['a', 'b']);
    expect(told.catalog.find(({ name }) => name === 'stop-region')?.subjects).toEqual(['one', 'two']);
  });

  it('refuses what it cannot make, and what is broken already', async () => {
    const invalid = await call('POST', 'faults', { fault: 'flood', subject: 'one' });
    expect([invalid.status, invalid.headers.get('content-type')]).toEqual([400, 'application/problem+json']);
    const fault = await breaks('lag-events', 'two');
    expect((await call('POST', 'faults', { fault: 'lag-events', subject: 'two' })).status).toBe(409);
    await mends(fault);
    expect((await call('DELETE', `faults/${fault.id}`)).status).toBe(404);
  });

  it('stop: viewers get the other pipeline', async () => {
    await newest((candidate) => candidate.includes('pipeline="a"'));
    const fault = await breaks('stop', 'a');
    await newest((candidate) => candidate.includes('pipeline="b"'));
    await mends(fault);
    expect(await newest((candidate) => candidate.includes('pipeline="a"'))).toBeDefined();
  });

  it.each(['stop-region', 'cut-from-edge'])('%s: the edge asks the other region', async (name) => {
    const fault = await breaks(name, 'one');
    await newest((candidate) => candidate.includes('served="two"'));
    await mends(fault);
    expect(await newest((candidate) => candidate.includes('served="one"'))).toBeDefined();
  });

  it('fill-disk: PUTs to the region fail, the other takes them, viewers notice nothing', async () => {
    const fault = await breaks('fill-disk', 'one');
    expect(await newest((candidate) => candidate.includes('replica="two"'))).toBeDefined();
    await mends(fault);
  });

  it('slow-stores: viewers still get every segment', async () => {
    const fault = await breaks('slow-stores', 'one');
    for (let segments = 0; segments < 3; segments++) expect(await newest(() => true)).toContain('pipeline=');
    await mends(fault);
  });

  it('mends all at once', async () => {
    await breaks('stop', 'b');
    await breaks('lag-events', 'one');
    expect((await call('DELETE', 'faults')).status).toBe(200);
    expect(headwater.lab?.active).toEqual([]);
  });
});
