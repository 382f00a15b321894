import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAgent, type RunningAgent } from '../../../edge/agent/run-agent';
import { edgeConfigurationOf } from '../../../origin/events/edge-configuration';
import { FakeClock } from '../../support/fake-clock';
import { liveEvent } from '../../support/live-event';

const NOW_MS = 1_800_000_000_000;
const configuration = edgeConfigurationOf(liveEvent({ initialSegmentNumber: 0 }));

let root: string;
let origin: Server;
let agent: RunningAgent;
/** By which the origin's clock is ahead. */
let aheadMs = 0;

beforeEach(async () => {
  aheadMs = 0;
  root = mkdtempSync(join(tmpdir(), 'headwater-agent-'));
  origin = createServer((_, response) =>
    response.setHeader('Date', new Date(NOW_MS + aheadMs).toUTCString()).end(JSON.stringify(configuration)),
  );
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  agent = openAgent({
    origins: [new URL(`http://127.0.0.1:${(origin.address() as AddressInfo).port}`)],
    ...{ token: 'x', events: [{ tenant: 'acme', event: 'final' }], tenants: [] },
    ...{ places: { run: root, state: join(root, 'state') }, clock: new FakeClock(NOW_MS) },
  });
});

afterEach(async () => {
  await agent.close();
  origin.closeAllConnections();
  origin.close();
  rmSync(root, { recursive: true });
});

const read = (name: string) => readFileSync(join(root, 'state', name), 'utf8');

describe('the agent with its files', () => {
  it('tells a clock that is off from one that is not', async () => {
    await agent.step();
    expect(JSON.parse(read('health.json'))).toMatchObject({ status: 'ok', clockOffsetMs: 500 });
    aheadMs = 60_000;
    await agent.step();
    expect(JSON.parse(read('health.json'))).toMatchObject({ status: 'clock off', clockOffsetMs: 60_500 });
    expect(read('headwater-edge-agent.prom')).toContain('clock_offset_seconds 60.5');
  });

  it('a disk that takes nothing ends no step; the next that can writes all', async () => {
    rmSync(join(root, 'state'), { recursive: true });
    const { failures, lastFailure } = await agent.step();
    expect([failures, lastFailure]).toEqual([2, expect.stringContaining('ENOENT')]);
    mkdirSync(join(root, 'state/events'), { recursive: true });
    expect(await agent.step()).toMatchObject({ events: 1, failures: 1 });
    expect(JSON.parse(read('events/acme@final.json'))).toMatchObject({ revision: configuration.revision });
    expect(JSON.parse(read('handled.json'))).toEqual({ 'acme/final': [] });
  });
});
