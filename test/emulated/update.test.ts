import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleepMs } from 'node:timers/promises';
import deployment from '../../headwater.config';
import { EMULATED_CONTEXT } from '../../lib/headwater-app';
import { cdk } from './deploy';
import { deployed, type DeployedRegion } from './deployed';
import { createEvent, get, type LiveEventUnderTest, mediaName, put, segment, SEGMENT_MS } from './live-event';
import { functionsOf } from './privilege/role-policy';

/** Ten times as often as the event needs. */
const PUT_EVERY_MS = 200;
/** Of one segment, a second apart: longer than a function is replaced in. */
const TRIES_MAX = 30;
/** Numbers before the live edge: room for some minutes of publishing. */
const BEFORE_EDGE = 900;

const [home] = deployed().regions as [DeployedRegion];

it('an update in place loses no PUT while a packager publishes', async () => {
  const event = await createEvent(`update-${Date.now().toString(36)}`);
  const before = await functionsOf(home.region);
  const updated = updateHome();
  const packager = await publishUntil(event, updated);
  await updated;

  const after = await functionsOf(home.region);
  for (const [at, { MemorySize }] of before.entries()) expect(after[at]?.MemorySize).toBe(MemorySize + 64);
  expect(packager.acknowledged.length).toBeGreaterThan(10);
  expect(packager.refused).toEqual([]);
  for (const number of packager.acknowledged) {
    const answer = await read(event, number);
    expect([number, answer.status]).toEqual([number, 200]);
    expect(Buffer.from(await answer.arrayBuffer()).equals(segment(number))).toBe(true);
  }
}, 240_000);

/** Old numbers are the first to wait while the emulator's stores are slow: 503, ask again in five seconds. */
async function read(event: LiveEventUnderTest, number: number): Promise<Response> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const answer = await get(home, event, mediaName(number));
    if (answer.status !== 503) return answer;
    await sleepMs(1000);
  }
  throw new Error(`${number}: wanted an answer in ${TRIES_MAX} tries, got 503`);
}

async function updateHome(): Promise<void> {
  const output = mkdtempSync(join(tmpdir(), 'headwater-updated-'));
  try {
    const stack = `${deployment.name}-${home.region}`;
    const app = 'node --import tsx test/emulated/updated-app.ts';
    const options = ['--exclusively', '--require-approval', 'never', '--output', output];
    await cdk(['deploy', stack, '--app', app, ...options, '-c', `${EMULATED_CONTEXT}=true`], process.env);
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

interface Published {
  readonly acknowledged: readonly number[];
  /** What no try got in. */
  readonly refused: readonly number[];
}

/** Publishes number after number until `done` settles, each as packagers do: again, until it is acknowledged. */
async function publishUntil(event: LiveEventUnderTest, done: Promise<unknown>): Promise<Published> {
  const end = done.then(
    () => true,
    () => true,
  );
  const acknowledged: number[] = [];
  const refused: number[] = [];
  const first = Math.floor(Date.now() / SEGMENT_MS) - BEFORE_EDGE;
  for (let number = first; number < first + BEFORE_EDGE; number += 1) {
    ((await publish(event, number)) ? acknowledged : refused).push(number);
    if (await Promise.race([end, sleepMs(PUT_EVERY_MS, false)])) break;
  }
  return { acknowledged, refused };
}

async function publish(event: LiveEventUnderTest, number: number): Promise<boolean> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const answer = await put(home, event, 'a', mediaName(number), segment(number)).catch(() => undefined);
    if (answer?.ok === true) return true;
    await sleepMs(1000);
  }
  return false;
}
