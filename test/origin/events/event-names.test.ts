import { EventNames, EVENTS_MAX, STRANGERS_MAX } from '../../../origin/events/event-names';

/** As many events as there is room for, by names `live-0` and so on. */
function full(): EventNames<object> {
  const names = new EventNames();
  for (let at = 0; at < EVENTS_MAX; at++) names.keep(`live-${at}`, {}, true);
  return names;
}

/** Which of `prefix0` and so on are not known. */
function lost(names: EventNames<object>, prefix: string, count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => at).filter(
    (at) => names.find(`${prefix}${at}`) === undefined,
  );
}

it('names of no event push out none that is, however many come', () => {
  const names = full();
  for (let at = 0; at < 3 * STRANGERS_MAX; at++) names.keep(`no-${at}`, {}, false);
  expect(lost(names, 'live-', EVENTS_MAX)).toEqual([]);
  expect(names.size).toBeLessThanOrEqual(EVENTS_MAX + STRANGERS_MAX);
});

it('the newest half of them at least is known', () => {
  const names = new EventNames();
  const newest = STRANGERS_MAX / 2;
  for (let at = 0; at < STRANGERS_MAX; at++) names.keep(`older-${at}`, {}, false);
  for (let at = 0; at < newest; at++) names.keep(`no-${at}`, {}, false);
  expect(lost(names, 'no-', newest)).toEqual([]);
});

it('one event more than there is room for pushes out the one that nobody asked for the longest', () => {
  const names = full();
  names.find('live-0');
  names.keep('one-more', {}, true);
  expect(lost(names, 'live-', EVENTS_MAX)).toEqual([1]);
});
