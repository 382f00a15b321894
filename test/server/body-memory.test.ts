import fc from 'fast-check';
import { ANYBODY, BodyMemory, pipelineOwners } from '../../server/body-memory';

const owners = (tenant: string, pipeline = 'a') => pipelineOwners({ tenant, event: 'final', pipeline });

/** How many bytes, one by one, are given to them. */
function fill(memory: BodyMemory, of: readonly string[]): number {
  let taken = 0;
  while (memory.take(of, 1)) taken += 1;
  return taken;
}

describe('whoever holds bytes leaves as many free for the others beside it', () => {
  it.each<[string, readonly (readonly string[])[], readonly number[]]>([
    ['a pipeline, for its tenant’s others and for other tenants', [owners('one')], [100]],
    ['two of a tenant', [owners('one', 'a'), owners('one', 'b')], [100, 33]],
    ['two tenants', [owners('one'), owners('two')], [100, 66]],
    ['an operator', [['operator one']], [150]],
    ['strangers, who are one', [ANYBODY, ANYBODY], [150, 0]],
    ['nobody, where there are no shares', [[]], [300]],
  ])('%s', (_, each, wanted) => {
    const memory = new BodyMemory(300);
    expect(each.map((of) => fill(memory, of))).toEqual(wanted);
  });

  it('a tenant of many pipelines has half at most, and the largest segment of another finds room', () => {
    const [MIB, largest] = [2 ** 20, 16 * 2 ** 20];
    const memory = new BodyMemory(512 * MIB);
    const taken = Array.from({ length: 1000 }, (_, at) => memory.take(owners('one', `p${at}`), largest));
    expect(taken.filter(Boolean).length * largest).toBeLessThanOrEqual(256 * MIB);
    for (const tenant of ['two', 'three']) expect(memory.take(owners(tenant), largest)).toBe(true);
  });

  it('what is given back can be taken again', () => {
    const memory = new BodyMemory(300);
    for (let round = 0; round < 3; round++) {
      expect(fill(memory, owners('one'))).toBe(100);
      memory.give(owners('one'), 100);
    }
  });

  it('never more than there is, whoever takes and gives', () => {
    const step = fc.record({ tenant: fc.nat({ max: 4 }), pipeline: fc.nat({ max: 2 }), bytes: fc.nat(80) });
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.boolean())), (steps) => {
        const memory = new BodyMemory(300);
        const held: { of: readonly string[]; bytes: number }[] = [];
        for (const [{ tenant, pipeline, bytes }, gives] of steps) {
          const last = gives ? held.pop() : undefined;
          if (last !== undefined) memory.give(last.of, last.bytes);
          const of = owners(`t${tenant}`, `p${pipeline}`);
          if (memory.take(of, bytes)) held.push({ of, bytes });
          const total = held.reduce((sum, one) => sum + one.bytes, 0);
          const ofTenant = held.filter((one) => one.of[0] === of[0]).reduce((sum, one) => sum + one.bytes, 0);
          expect([total <= 300, ofTenant <= 150]).toEqual([true, true]);
        }
      }),
    );
  });
});
