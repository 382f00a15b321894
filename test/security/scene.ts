import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTROL_ROUTES } from '../../http/control-routes';
import { DEMO_CONFIGURATION } from '../../demo/event';
import { makeEvent, newest, PATIENT, send, TestEvent, type Answer } from '../acceptance/deployment';
import { startProcess, type HeadwaterProcess } from '../acceptance/headwater-process';
import { RawConnection } from '../acceptance/raw-http';

/** Two tenants with an event of the same name, in an embedded run that is a process of its own. */
export interface Scene {
  readonly headwater: HeadwaterProcess;
  readonly own: TestEvent;
  readonly foreign: TestEvent;
  /** Every secret that was told, by what it is. */
  readonly secrets: Map<string, string>;
  close(): Promise<void>;
}

export async function openScene(): Promise<Scene> {
  const directory = mkdtempSync(join(tmpdir(), 'headwater-security-'));
  const headwater = await startProcess(directory);
  const own = await makeEvent(headwater);
  const foreign = new TestEvent(headwater, 'neighbour', own.name);
  await foreign.configure({ initialSegmentNumber: newest() - 100, ...PATIENT });
  await foreign.putInits();
  const secrets = new Map([
    ['the administrator’s token', headwater.token],
    ['the pipeline’s secret', await own.secretOf('a')],
    ['another pipeline’s secret', await own.secretOf('b')],
    ['another tenant’s secret', await foreign.secretOf('a')],
  ]);
  return {
    ...{ headwater, own, foreign, secrets },
    async close() {
      await headwater.end('SIGTERM');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Makes an operator's token and notes it among the scene's secrets. */
export async function makeToken(
  { headwater, secrets }: Scene,
  name: string,
  wanted: {
    readonly tenants: '*' | readonly string[];
    readonly access: 'read' | 'write';
    readonly expiresAt?: string;
  },
): Promise<string> {
  const url = `${headwater.regions[0]?.controlUrl ?? ''}/control/v1/tokens`;
  const headers = { authorization: `Bearer ${headwater.token}` };
  const answer = await send('POST', url, headers, JSON.stringify({ name, ...wanted }));
  const { token } = JSON.parse(answer.body.toString()) as { readonly token: string };
  secrets.set(`the token ${name}`, token);
  return token;
}

/** Every call of the control plane as a request line says it, for one event. */
export function controlCalls(tenant: string, event: string) {
  const names: Readonly<Record<string, string>> = {
    ':tenant': tenant,
    ':event': event,
    ':pipeline': 'a',
    ':representation': DEMO_CONFIGURATION.representations[0]?.id ?? '',
  };
  return CONTROL_ROUTES.map(({ method, pattern, writes, administers = false }) => ({
    ...{ method, writes, administers },
    path: `/control/v1/${pattern.map((part) => names[part] ?? part.replace(':', 'no-')).join('/')}`,
  }));
}

/** Names of an event under which something can be PUT. */
export function mediaNames(number: number): readonly string[] {
  return [`v360/${number}.m4s`, 'v360/init.mp4', 'live.mpd', 'packager/a/live.mpd', 'manifest.mpd'];
}

export interface RawAnswer {
  /** Of the first answer; undefined when the connection was closed without one. */
  readonly status: number | undefined;
  /** How many answers came. */
  readonly answers: number;
  readonly text: string;
}

/** Writes bytes that no HTTP client would, and takes what comes until the server closes or `enough` has come. */
export async function raw(url: string, ...pieces: readonly (string | Uint8Array)[]): Promise<RawAnswer> {
  const connection = new RawConnection(url);
  for (const piece of pieces) connection.write(piece);
  const text = await connection.until('\r\n\r\n');
  connection.close();
  return rawAnswer(text);
}

/** As {@link raw}, but until the server closes the connection. */
export async function rawToEnd(url: string, ...pieces: readonly (string | Uint8Array)[]): Promise<RawAnswer> {
  const connection = new RawConnection(url);
  for (const piece of pieces) connection.write(piece);
  const text = await connection.untilEnd();
  return rawAnswer(text);
}

function rawAnswer(text: string): RawAnswer {
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  return { status: statuses[0], answers: statuses.length, text };
}

/** A refusal tells what was wrong and nothing of the machine. */
export function expectQuietRefusal(answer: Pick<Answer, 'status'> & { readonly text: string }): void {
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(answer.text).not.toMatch(/node_modules|\.ts:\d+|at Object\.|root:x:|Error:/);
}
