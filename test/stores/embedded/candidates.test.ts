import { defect } from '../../../origin/media/defect';
import { NEVER } from '../../../origin/ports/cancel';
import { openEmbeddedRegion, type CandidateChange } from '../../../stores/embedded';
import { FakeClock } from '../../support/fake-clock';
import { NOW_MS, sampleCandidate } from '../../support/samples';
import { temporaryDirectory } from '../../support/temporary-directory';

const SHORT = [defect('short', { missing: 11 })];
const CLEAN = sampleCandidate();
const DEFECTIVE = sampleCandidate({ defects: SHORT, digest: 'd'.repeat(64) });

describe.each(['process', 'disk'] as const)('embedded candidates, durability %s', (durability) => {
  function open() {
    const clock = new FakeClock(NOW_MS);
    const region = openEmbeddedRegion({
      directory: temporaryDirectory(),
      region: 'us-east-1',
      clock,
      durability,
    });
    return { ...region, clock };
  }

  it('tell listeners of every change, with what was before, and of nothing that changed nothing', async () => {
    const { candidates, close } = open();
    const changes: CandidateChange[] = [];
    const end = candidates.onChange((change) => changes.push(change));
    await candidates.record(DEFECTIVE);
    await candidates.record(DEFECTIVE);
    await candidates.record(CLEAN);
    await candidates.record(DEFECTIVE);
    await candidates.flag(DEFECTIVE, []);
    await candidates.flag(CLEAN, SHORT);
    await candidates.flag(CLEAN, SHORT);
    end();
    await candidates.record(sampleCandidate({ number: 5 }));
    expect(changes).toEqual([
      { cause: 'record', after: DEFECTIVE },
      { cause: 'record', before: DEFECTIVE, after: CLEAN },
      { cause: 'flag', before: CLEAN, after: { ...CLEAN, defects: SHORT } },
    ]);
    await close();
  });

  it('wake waiters at the write itself, without time passing', async () => {
    const { candidates, clock, close } = open();
    const change = candidates.awaitChange(CLEAN, NOW_MS + 5000, NEVER);
    expect(candidates.awaited).toBe(1);
    await candidates.record(CLEAN);
    await change;
    const flagged = candidates.awaitChange(CLEAN, NOW_MS + 5000, NEVER);
    await candidates.flag(CLEAN, SHORT);
    await flagged;
    expect([clock.nowMs(), clock.sleeping, candidates.awaited]).toEqual([NOW_MS, 0, 0]);
    await close();
  });

  it('end every wait when the store closes', async () => {
    const { candidates, clock, close } = open();
    const change = candidates.awaitChange(CLEAN, NOW_MS + 5000, NEVER);
    await close();
    await change;
    expect(clock.sleeping).toBe(0);
  });
});
