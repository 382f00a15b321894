import { defect } from '../../../origin/media/defect';
import { select, selectionRules } from '../../../origin/selection/select';
import { NEVER } from '../../../origin/ports/cancel';
import { serveSegment } from '../../../origin/serve/serve-segment';
import { deploy, EDGE, eventOf, KEY, NEXT_DUE_MS, publish } from '../../support/deployment';
import { liveEvent } from '../../support/live-event';
import { sampleCandidate, sampleMask } from '../../support/samples';

const NUMBER = 895_000_000;
const SHORT = [defect('short', { missing: 5 })];
const AUTOMATIC = sampleMask('automatic-1', { automatic: true, by: 'stream-processor' });

function decision(sent: Readonly<Record<string, 'good' | 'defective'>>, masks = [AUTOMATIC]) {
  const event = liveEvent({ initialSegmentNumber: NUMBER - 10 }, masks, { createdAtMs: 0 });
  const candidates = Object.entries(sent).map(([pipeline, how]) =>
    sampleCandidate({ pipeline, digest: pipeline, defects: how === 'good' ? [] : SHORT }),
  );
  const { chosen, passedOver } = select(NUMBER, candidates, selectionRules(event, 'v720', NUMBER));
  return [chosen?.pipeline, ...passedOver.map(({ copy, why }) => `${copy.pipeline}: ${why}`)];
}

describe('an automatic mask of pipeline a', () => {
  it.each([
    ['leaves it out while another is valid', { a: 'good', b: 'good' }, ['b', 'a: masked']],
    ['takes it rather than a defective copy', { a: 'good', b: 'defective' }, ['a', 'b: defective']],
    ['takes it rather than none', { a: 'good' }, ['a']],
    ['takes it even defective rather than none', { a: 'defective' }, ['a']],
    [
      'takes the other where both are defective alike',
      { a: 'defective', b: 'defective' },
      ['b', 'a: defective'],
    ],
  ] as const)('%s', (_, sent, expected) => {
    expect(decision(sent)).toEqual(expected);
  });

  it("gives way to an operator's of the same pipeline, which leaves it out for good", () => {
    expect(decision({ a: 'good' }, [AUTOMATIC, sampleMask('0-operator')])).toEqual([undefined, 'a: masked']);
    expect(decision({ a: 'good' }, [sampleMask('z-operator'), AUTOMATIC])).toEqual([undefined, 'a: masked']);
  });

  it('is waited past until the segment is due: the other may be on its way', async () => {
    const { origin, clock } = await deploy();
    const event = await eventOf(origin);
    const made = { ...AUTOMATIC, fromSegment: EDGE, atMs: clock.nowMs() };
    await origin.eventStore.append(KEY, made, 0);
    await publish(origin, { number: EDGE + 1 });
    const get = {
      ...{ event: await eventOf(origin), representation: 'v360', number: EDGE + 1, cancel: NEVER },
      wanted: () => 'none' as const,
    };
    const pending = serveSegment(origin, get);
    await clock.advanceTo(NEXT_DUE_MS - 100);
    await publish(origin, { number: EDGE + 1, pipeline: 'b' });
    await clock.advance(0);
    expect(await pending).toMatchObject({ kind: 'selected', copy: { pipeline: 'b' } });
    expect(event.masks).toEqual([]);
  });
});
