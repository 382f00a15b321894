import { HISTORY_KEPT_MS, type ChangeRecord } from '../../origin/events/change-record';
import type { EventStore } from '../../origin/ports/event-store';
import type { FakeClock } from '../support/fake-clock';
import { NOW_MS, sampleHead, sampleMask } from '../support/samples';

export interface EventStoreUnderTest {
  readonly store: EventStore;
  /** What the store was given; at {@link NOW_MS}. */
  readonly clock: FakeClock;
}

const KEY = { tenant: 'acme', event: 'final' };

/** What every {@link EventStore} does. */
export function describeEventStore(name: string, make: () => Promise<EventStoreUnderTest>): void {
  describe(`${name} as an event store`, () => {
    let store: EventStore;
    let clock: FakeClock;
    beforeEach(async () => {
      ({ store, clock } = await make());
    });

    it('knows no event that nobody created', async () => {
      expect(await store.read(KEY)).toBeUndefined();
      expect(await store.list('acme', 10)).toEqual([]);
      expect(await store.append(KEY, sampleMask('1'), 1)).toBe('no-event');
    });

    it('gives back an event as it was created', async () => {
      const head = sampleHead({ endedAtMs: NOW_MS, expiresAtMs: NOW_MS + 5 });
      expect(await store.writeHead(head, 0)).toBe('written');
      expect(await store.read(KEY)).toEqual({ head, entries: [] });
    });

    it('writes a head only over the revision that the writer saw', async () => {
      expect(await store.writeHead(sampleHead({ revision: 6 }), 5)).toBe('conflict');
      expect(await store.read(KEY)).toBeUndefined();
      await store.writeHead(sampleHead({ revision: 1 }), 0);
      expect(await store.writeHead(sampleHead({ revision: 2 }), 0)).toBe('conflict');
      expect(await store.writeHead(sampleHead({ revision: 2, version: 9 }), 1)).toBe('written');
      expect(await store.read(KEY)).toEqual({ head: sampleHead({ revision: 2, version: 9 }), entries: [] });
    });

    it('lets one of two concurrent writers through', async () => {
      const outcomes = await Promise.all([
        store.writeHead(sampleHead({ version: 1 }), 0),
        store.writeHead(sampleHead({ version: 2 }), 0),
      ]);
      expect(outcomes.sort()).toEqual(['conflict', 'written']);
    });

    it('says "unchanged" to whoever knows the revision', async () => {
      await store.writeHead(sampleHead(), 0);
      expect(await store.read(KEY, 1)).toBe('unchanged');
      expect(await store.read(KEY, 0)).toEqual({ head: sampleHead(), entries: [] });
      await store.append(KEY, sampleMask('1'), 0);
      expect(await store.read(KEY, 1)).toEqual({
        head: sampleHead({ revision: 2 }),
        entries: [sampleMask('1')],
      });
    });

    it('gives entries in order of their ids, whatever the order they came in', async () => {
      await store.writeHead(sampleHead(), 0);
      const ids = ['2026-01-01T00:00:05.000Z#b', 'init#v720#1', '2026-01-01T00:00:05.000Z#a', 'init#v720#10'];
      for (const id of ids) expect(await store.append(KEY, sampleMask(id), 0)).toBe('appended');
      const record = await store.read(KEY);
      expect(record).toMatchObject({ entries: [...ids].sort().map((id) => ({ id })) });
    });

    it('counts every append, and bumps the cache version where asked', async () => {
      await store.writeHead(sampleHead({ revision: 3, configurationRevision: 2, version: 5 }), 0);
      await store.append(KEY, sampleMask('1'), 0);
      await store.append(KEY, sampleMask('2'), 1);
      expect(await store.read(KEY)).toMatchObject({
        head: { revision: 5, configurationRevision: 2, version: 6 },
      });
    });

    it('loses none of concurrent appends', async () => {
      await store.writeHead(sampleHead(), 0);
      const ids = ['1', '2', '3', '4', '5', '6'];
      const outcomes = await Promise.all(ids.map((id) => store.append(KEY, sampleMask(id), 1)));
      expect(outcomes).toEqual(ids.map(() => 'appended'));
      const record = await store.read(KEY);
      expect(record).toMatchObject({ head: { revision: 7, version: 7 }, entries: ids.map((id) => ({ id })) });
    });

    it('appends an id once: of two concurrent writers one hears "exists", and its entry is not there', async () => {
      await store.writeHead(sampleHead(), 0);
      const rivals = [sampleMask('init#v720#1', { reason: 'x' }), sampleMask('init#v720#1', { reason: 'y' })];
      const outcomes = await Promise.all(rivals.map((rival) => store.append(KEY, rival, 1)));
      expect([...outcomes].sort()).toEqual(['appended', 'exists']);
      expect(await store.read(KEY)).toEqual({
        head: sampleHead({ revision: 2, version: 2 }),
        entries: [rivals[outcomes.indexOf('appended')]],
      });
    });

    it('replaces the entry of an id, or makes it, and counts that too', async () => {
      expect(await store.replace(KEY, sampleMask('1'))).toBe('no-event');
      expect(await store.read(KEY)).toBeUndefined();
      await store.writeHead(sampleHead(), 0);
      await store.append(KEY, sampleMask('2'), 0);
      for (const reason of ['x', 'y'])
        expect(await store.replace(KEY, sampleMask('1', { reason }))).toBe('replaced');
      expect(await store.read(KEY)).toEqual({
        head: sampleHead({ revision: 4 }),
        entries: [sampleMask('1', { reason: 'y' }), sampleMask('2')],
      });
    });

    it('appends under a condition only to the revision that the writer saw', async () => {
      await store.writeHead(sampleHead({ revision: 4 }), 0);
      expect(await store.append(KEY, sampleMask('1'), 1, 3)).toBe('conflict');
      expect(await store.read(KEY)).toMatchObject({ head: { revision: 4, version: 1 }, entries: [] });
      expect(await store.append(KEY, sampleMask('1'), 1, 4)).toBe('appended');
      expect(await store.append(KEY, sampleMask('1'), 1, 4)).toBe('exists');
      expect(await store.append({ ...KEY, event: 'none' }, sampleMask('1'), 1, 4)).toBe('no-event');
      expect(await store.history(KEY, { limit: 10 })).toHaveLength(1);
    });

    it('drops retired entries, and changes no revision for it', async () => {
      await store.writeHead(sampleHead(), 0);
      for (const id of ['1', '2', '3']) await store.append(KEY, sampleMask(id), 0);
      await store.retire(KEY, ['1', '3', 'unknown']);
      expect(await store.read(KEY)).toMatchObject({ head: { revision: 4 }, entries: [{ id: '2' }] });
      expect(await store.history(KEY, { limit: 10 })).toHaveLength(3);
    });

    it('gives the history from the newest on, page by page, over the deleting of the event', async () => {
      const change = (atMs: number): ChangeRecord => ({
        id: `${atMs.toString().padStart(16, '0')}#x`,
        ...{ atMs, by: 'operator-1', action: 'replaced', reason: 'rehearsal' },
        members: [{ member: 'publish.delayMs', from: '500', to: '600' }],
      });
      await store.writeHead(sampleHead(), 0, change(NOW_MS - 3));
      await store.append(KEY, sampleMask('1', { atMs: NOW_MS - 2 }), 0);
      await store.record(KEY, change(NOW_MS - 1));
      await store.record({ ...KEY, event: 'final-2' }, change(NOW_MS));
      await store.writeHead(sampleHead({ revision: 3, expiresAtMs: NOW_MS }), 2, change(NOW_MS));
      const [newest, second, ...rest] = await store.history(KEY, { limit: 3 });
      expect([newest, second, rest.map(({ action }) => action)]).toEqual([
        change(NOW_MS),
        change(NOW_MS - 1),
        ['mask'],
      ]);
      const page = { limit: 3, before: rest[0]?.id ?? '' };
      expect(await store.history(KEY, page)).toEqual([change(NOW_MS - 3)]);
    });

    it('writes no history with a head that is refused', async () => {
      const change: ChangeRecord = { id: '1', atMs: NOW_MS, by: 'x', action: 'created' };
      await store.writeHead(sampleHead({ revision: 6 }), 5, change);
      expect(await store.history(KEY, { limit: 10 })).toEqual([]);
    });

    it('forgets changes after their time', async () => {
      await store.record(KEY, { id: '1', atMs: NOW_MS, by: 'x', action: 'created' });
      await clock.advance(HISTORY_KEPT_MS);
      await store.record(KEY, { id: '2', atMs: clock.nowMs(), by: 'x', action: 'deleted' });
      expect(await store.history(KEY, { limit: 10 })).toHaveLength(2);
      await clock.advance(1);
      await store.record(KEY, { id: '3', atMs: clock.nowMs(), by: 'x', action: 'created' });
      expect((await store.history(KEY, { limit: 10 })).map(({ id }) => id)).toEqual(['3', '2']);
    });

    it('keeps entries over a new head, and events apart', async () => {
      await store.writeHead(sampleHead(), 0);
      await store.writeHead(sampleHead({ event: 'final-2' }), 0);
      await store.append(KEY, sampleMask('1'), 0);
      await store.writeHead(sampleHead({ revision: 3 }), 2);
      expect(await store.read(KEY)).toMatchObject({ entries: [{ id: '1' }] });
      expect(await store.read({ ...KEY, event: 'final-2' })).toMatchObject({ entries: [] });
    });

    it("lists a tenant's events by name, up to a limit, without deleted ones", async () => {
      for (const event of ['c', 'a', 'd', 'b']) await store.writeHead(sampleHead({ event }), 0);
      await store.writeHead(sampleHead({ event: 'aa', expiresAtMs: NOW_MS + 10 }), 0);
      await store.writeHead(sampleHead({ tenant: 'acme2', event: 'z' }), 0);
      const names = async (limit: number) => (await store.list('acme', limit)).map(({ event }) => event);
      expect(await names(10)).toEqual(['a', 'aa', 'b', 'c', 'd']);
      await clock.advance(10);
      expect(await names(10)).toEqual(['a', 'b', 'c', 'd']);
      expect(await names(2)).toEqual(['a', 'b']);
    });

    it("lists all tenants' events that have not expired, up to a limit: what a sweep looks at", async () => {
      await store.writeHead(sampleHead({ event: 'a' }), 0);
      await store.writeHead(sampleHead({ tenant: 'acme2', event: 'a' }), 0);
      await store.writeHead(sampleHead({ event: 'b' }), 0);
      await store.writeHead(sampleHead({ event: 'b', revision: 2, expiresAtMs: NOW_MS + 10 }), 1);
      const names = async (limit: number) =>
        (await store.listLive(limit)).map(({ tenant, event }) => `${tenant}/${event}`).sort();
      expect(await names(10)).toEqual(['acme/a', 'acme/b', 'acme2/a']);
      expect(await names(2)).toHaveLength(2);
      await clock.advance(10);
      expect(await names(10)).toEqual(['acme/a', 'acme2/a']);
    });

    it('lists an event again that was created anew after it expired', async () => {
      await store.writeHead(sampleHead(), 0);
      await store.writeHead(sampleHead({ revision: 2, expiresAtMs: NOW_MS }), 1);
      expect(await store.listLive(10)).toEqual([]);
      await store.writeHead(sampleHead({ revision: 3 }), 2);
      expect(await store.listLive(10)).toEqual([sampleHead({ revision: 3 })]);
    });
  });
}
