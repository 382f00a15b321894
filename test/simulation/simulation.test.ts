import type { Candidate } from '../../origin/candidate';
import { FATAL_SEVERITY, isValid, severityOf } from '../../origin/media/defect';
import { NEVER } from '../../origin/ports/cancel';
import { select, selectionRules, type Decision } from '../../origin/selection/select';
import { decide } from '../../origin/serve/decide';
import { serveSegment } from '../../origin/serve/serve-segment';
import { EDGE, KEY } from '../support/deployment';
import { Random } from './random';
import { happenings, type World } from './world';

/** In parts, so that none of them is in danger of a time limit. */
const PARTS = [0, 1, 2, 3, 4, 5, 6, 7];
const ROUNDS = 300;
/** Set it to the seed that a failure names. */
const FIRST_SEED = Number(process.env['SIMULATION_SEED'] ?? 1);
const ONE = { ...KEY, representation: 'v720', number: EDGE };

async function candidatesOf({ stores }: World): Promise<Candidate[]> {
  return (await Promise.all(stores.map(({ candidates }) => candidates.ofSegment(ONE)))).flat();
}

const nameOf = ({ region, pipeline, digest }: Candidate) => `${region} ${pipeline} ${digest}`;
const chosenOf = ({ chosen }: Decision) => chosen && `${chosen.pipeline} ${chosen.digest}`;

/** The decision names every candidate it heard exactly once: chosen, or passed over and why. */
function isExplained({ chosen, passedOver }: Decision, heard: readonly Candidate[]): void {
  const copies = [chosen, ...passedOver.map(({ copy }) => copy)];
  const named = copies.flatMap((copy) => copy?.replicas ?? []).map(nameOf);
  expect(named.sort()).toEqual(heard.map(nameOf).sort());
}

/** No valid copy of an unmasked pipeline is among what was heard, where the choice is not valid itself. */
function isBestOf({ chosen, rules }: Decision, heard: readonly Candidate[]): void {
  const replicas: readonly Candidate[] = chosen?.replicas ?? [];
  if (replicas.length > 0 && replicas.every(({ defects }) => isValid(defects))) return;
  const spoilt = new Set(
    heard.filter(({ defects }) => !isValid(defects)).map(({ pipeline, digest }) => pipeline + digest),
  );
  const better = heard.filter(
    ({ pipeline, digest }) => !spoilt.has(pipeline + digest) && !rules.masks.has(pipeline),
  );
  expect(better.map(nameOf)).toEqual([]);
  for (const { defects } of replicas) expect(severityOf(defects)).toBeLessThan(FATAL_SEVERITY);
}

/** What a region acknowledged is there with its bytes, or gave way to something less severe of its pipeline. */
async function isNothingLost({ acknowledged, stores }: World, all: readonly Candidate[]): Promise<void> {
  for (const { region, candidate } of acknowledged) {
    const held = all.find((one) => one.region === region && one.pipeline === candidate.pipeline);
    expect(held).toBeDefined();
    if (held?.digest !== candidate.digest) expect(severityOf(held!.defects)).toBeLessThan(FATAL_SEVERITY);
    const { segments } = stores.find((one) => one.region === region)!;
    expect(await segments.read(held!)).toHaveLength(held!.size);
  }
}

async function round(seed: number): Promise<void> {
  const world = await happenings(new Random(seed));
  const all = await candidatesOf(world);
  await isNothingLost(world, all);
  const rules = selectionRules(world.event, 'v720', EDGE);
  const whole = select(EDGE, all, rules);
  isExplained(whole, all);
  isBestOf(whole, all);

  const byHeard = new Map<string, string | undefined>();
  for (const { local, decision, heard } of await decisionsOf(world, all)) {
    isExplained(decision, heard);
    isBestOf(decision, heard);
    const key = heard.map(nameOf).sort().join();
    if (byHeard.has(key)) expect(chosenOf(decision)).toBe(byHeard.get(key));
    byHeard.set(key, chosenOf(decision));
    // Rejoined, every region that asks the others decides as if all were one.
    const later = await decide(rejoined(world, local), question(world));
    if (later.unheard.length === 0 && askedOthers(later, local))
      expect(chosenOf(later)).toBe(chosenOf(whole));
    await servesWhatItDecides(world, local, decision);
  }
}

const question = ({ event }: World) => ({ event, representation: 'v720', number: EDGE });

/** Each region's decision as the network is, beside the candidates that went into it. */
async function decisionsOf(world: World, all: readonly Candidate[]) {
  return Promise.all(
    world.stores.map(async ({ region }) => {
      const decision = await decide(world.origin(region), question(world));
      const copies = [decision.chosen, ...decision.passedOver.map(({ copy }) => copy)];
      const regions = new Set(copies.flatMap((copy) => copy?.replicas ?? []).map((one) => one.region));
      return { local: region, decision, heard: all.filter((one) => regions.has(one.region)) };
    }),
  );
}

function rejoined(world: World, region: string) {
  const origin = world.origin(region);
  return { ...origin, peers: world.stores.filter((one) => one.region !== region) };
}

function askedOthers({ chosen, passedOver }: Decision, local: string): boolean {
  const copies = [chosen, ...passedOver.map(({ copy }) => copy)];
  return copies.some((copy) => copy?.replicas.some(({ region }) => region !== local));
}

async function servesWhatItDecides(world: World, region: string, decision: Decision): Promise<void> {
  const origin = world.origin(region);
  const outcome = await serveSegment(origin, {
    ...question(world),
    wanted: () => 'all',
    // The client leaves at once: nothing is held.
    cancel: { ...NEVER, cancelled: true },
  });
  if (decision.chosen === undefined) expect(outcome.kind).not.toBe('selected');
  else expect(outcome.kind === 'selected' && outcome.copy.digest).toBe(decision.chosen.digest);
}

describe('any arrival, loss, defect, flag, mask, preference and cut', () => {
  it.each(PARTS)(`%d: ${ROUNDS} segments`, async (part) => {
    expect.hasAssertions();
    const first = FIRST_SEED + part * ROUNDS;
    for (let seed = first; seed < first + ROUNDS; seed++)
      await round(seed).catch((error: unknown) => {
        throw new Error(`seed ${seed}: SIMULATION_SEED=${seed} repeats it`, { cause: error });
      });
  });
});
