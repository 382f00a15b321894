import type { PipelineInitEntry } from '../../../origin/events/event-record';
import { defect, type Defect } from '../../../origin/media/defect';
import { defectsOf, select, selectionRules } from '../../../origin/selection/select';
import { initEntry, liveEvent } from '../../support/live-event';
import { sampleCandidate } from '../../support/samples';

const INITIAL = 895_000_000;
/** Pipeline `a` came back with another encoder then; an operator accepted its init from INITIAL + 10 on, later. */
const RESTARTED_AT_MS = 5000;
const ACCEPTED = INITIAL + 10;
const OTHER = { identity: 'another picture' };
const RESTARTED = initEntry('v720', 'video', { version: 2, fromSegment: ACCEPTED, atMs: 90_000 }, OTHER);
const REFUSED: PipelineInitEntry = {
  ...{ kind: 'pipeline-init', id: 'pipeline-init#v720#a#0001', change: 1, by: 'a', atMs: RESTARTED_AT_MS },
  ...{ representation: 'v720', pipeline: 'a', digest: RESTARTED.digest },
  ...{ bytes: RESTARTED.bytes, init: RESTARTED.init },
};
const EVENT = liveEvent({ initialSegmentNumber: INITIAL }, [initEntry('v720', 'video'), REFUSED, RESTARTED]);
const WRONG_INIT = defect('wrong-init');
const SHORT = defect('short', { missing: 1 });

describe('what came with an init that was accepted afterwards', () => {
  it.each<[string, number, number, readonly Defect[], readonly Defect[]]>([
    ['is wrong-init no more', ACCEPTED, RESTARTED_AT_MS, [WRONG_INIT], []],
    ['keeps its other defects', ACCEPTED, RESTARTED_AT_MS, [WRONG_INIT, SHORT], [SHORT]],
    [
      'is wrong-init before the number that it was accepted from',
      ACCEPTED - 1,
      RESTARTED_AT_MS,
      [WRONG_INIT],
      [WRONG_INIT],
    ],
    [
      'but not what its pipeline sent with the init before',
      ACCEPTED,
      RESTARTED_AT_MS - 1,
      [WRONG_INIT],
      [WRONG_INIT],
    ],
  ])('%s', (_, number, publishedAtMs, defects, judged) => {
    const candidate = sampleCandidate({ pipeline: 'a', number, publishedAtMs, defects });
    const { chosen } = select(number, [candidate], selectionRules(EVENT, 'v720', number));
    expect(chosen && defectsOf(chosen)).toEqual(judged);
  });
});
