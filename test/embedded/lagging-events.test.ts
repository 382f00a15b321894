import { laggingEvents } from '../../embedded/lagging-events';
import type { EventRecord } from '../../origin/events/event-record';
import { FakeClock } from '../support/fake-clock';

const KEY = { tenant: 'acme', event: 'final' };
const record = (revision: number) => ({ head: { revision }, entries: [] }) as unknown as EventRecord;

describe('events that lag', () => {
  function lagged() {
    const clock = new FakeClock(1000);
    let revision = 1;
    const store = { read: () => Promise.resolve(record(revision)) };
    const events = laggingEvents(store, clock);
    return { clock, events, change: () => (revision += 1) };
  }

  it('are as the store has them while nobody says otherwise', async () => {
    const { events, change } = lagged();
    change();
    expect(await events.read(KEY)).toEqual(record(2));
  });

  it('tell of a change once the lag has passed, and of nothing in between', async () => {
    const { clock, events, change } = lagged();
    events.lagMs = 10_000;
    expect(await events.read(KEY)).toEqual(record(1));
    change();
    await clock.advance(1000);
    expect(await events.read(KEY, 1)).toBe('unchanged');
    await clock.advance(9999);
    expect(await events.read(KEY, 1)).toBe('unchanged');
    await clock.advance(1);
    expect(await events.read(KEY, 1)).toEqual(record(2));
  });

  it('are up to date at once when the lag ends', async () => {
    const { events, change } = lagged();
    events.lagMs = 10_000;
    await events.read(KEY);
    change();
    events.lagMs = 0;
    expect(await events.read(KEY)).toEqual(record(2));
  });
});
