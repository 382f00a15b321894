import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { request } from 'undici';
import type { Packaged, SampleSegment } from '../origin/adoption/event-from-mpd';
import { readMpdDocument } from '../origin/adoption/mpd-document';
import {
  durationMs,
  readMpd,
  trackName,
  whole,
  type Mpd,
  type MpdTrack,
} from '../origin/adoption/mpd-tracks';
import type { InitInspection } from '../origin/media/inspection';
import { inspectInit } from '../origin/media/inspect-init';
import { inspectSegment } from '../origin/media/inspect-segment';
import { nodeDigester } from '../stores/node-digester';
import { CliError } from './cli-error';

export interface FoundPackaged {
  readonly packaged: Omit<Packaged, 'pipelines'>;
  /** What could not be had, for people. */
  readonly notes: readonly string[];
}

type Read = (name: string) => Promise<Uint8Array | undefined>;

const ANSWER_MS_MAX = 10_000;
const BYTES_MAX = 64 * 2 ** 20;
/** The newest of an MPD may not be complete, and the oldest may be gone. */
const SEGMENTS_TRIED = 4;

/**
 * Reads an MPD and what of its media is there: the init of each track, and one recent segment.
 * @param source a URL or the path of a file; other names are relative to it
 * @throws CliError where the MPD itself cannot be read.
 */
export async function readPackaged(source: string, nowMs: number): Promise<FoundPackaged> {
  const read = readerBeside(source);
  const text = await read('').catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    const refused = code === 'ECONNREFUSED' ? 'nothing listens there. Is the packager running?' : message;
    throw new CliError(`${source}: ${refused}`);
  });
  if (text === undefined) throw new CliError(`${source}: not found.`);
  const mpd = Buffer.from(text).toString('utf8');
  const root = readMpdDocument(mpd);
  const inits = new Map<string, InitInspection>();
  const segments = new Map<string, SampleSegment>();
  const notes: string[] = [];
  if (typeof root !== 'string') {
    const document = readMpd(root);
    for (const track of document.tracks) {
      const init = await initOf(track, read);
      if (typeof init === 'string') notes.push(init);
      else inits.set(track.id, init);
      const segment =
        typeof init === 'string' ? undefined : await segmentOf(document, track, init, read, nowMs);
      if (segment !== undefined) segments.set(track.id, segment);
      else notes.push(`No segment of Representation ${track.id} could be read, so its times are the MPD's.`);
    }
  }
  return { packaged: { mpd, inits, segments, nowMs }, notes };
}

async function initOf(track: MpdTrack, read: Read): Promise<InitInspection | string> {
  const name = trackName(track, track.template['initialization'] ?? '');
  const at = `The init of Representation ${track.id}, ${name},`;
  const bytes = await read(name).catch(() => undefined);
  if (bytes === undefined) return `${at} could not be read, so its timescale is not known.`;
  const inspected = inspectInit(bytes, nodeDigester);
  if (inspected.kind === 'init') return inspected.init;
  return `${at} is defective: ${inspected.defects.map(({ name: defect }) => defect).join(', ')}.`;
}

async function segmentOf(
  mpd: Mpd,
  track: MpdTrack,
  init: InitInspection,
  read: Read,
  nowMs: number,
): Promise<SampleSegment | undefined> {
  const media = track.template['media'] ?? '';
  for (const { number, time } of recent(mpd, track, nowMs)) {
    const bytes = await read(trackName(track, media, media.includes('$Time') ? time : number)).catch(
      () => undefined,
    );
    const inspection = bytes && inspectSegment(bytes, init).inspection;
    if (inspection === undefined) continue;
    return { number: media.includes('$Time') ? undefined : number, ticks: inspection.baseMediaDecodeTime };
  }
  return undefined;
}

interface Named {
  readonly number: bigint;
  readonly time: bigint;
}

/** Segments that should be there, by the timeline or by the clock; the newest but one first. */
function recent(mpd: Mpd, track: MpdTrack, nowMs: number): readonly Named[] {
  const first = whole(track.template['startNumber']) ?? 1n;
  const listed: Named[] = [];
  for (const { t, d, count } of track.timeline)
    for (let at = 0; at < count; at++)
      listed.push({ number: first + BigInt(listed.length), time: t + BigInt(at) * d });
  if (listed.length > 0) return listed.slice(-SEGMENTS_TRIED - 1, -1).reverse();
  const duration = whole(track.template['duration']);
  const startMs =
    Date.parse(mpd.attributes['availabilityStartTime'] ?? '') + (durationMs(mpd.periodStart) ?? 0);
  const timescale = whole(track.template['timescale']) ?? 1n;
  const sinceMs = Number.isNaN(startMs) ? 0 : Math.max(0, nowMs - startMs);
  const due = duration === undefined ? 0n : (BigInt(sinceMs) * timescale) / (duration * 1000n);
  const numbers = Array.from({ length: SEGMENTS_TRIED }, (_, at) => first + due - 2n - BigInt(at));
  return [...numbers, first].filter((number) => number >= first).map((number) => ({ number, time: 0n }));
}

/** Reads the source itself (`''`) and what its names are relative to. */
function readerBeside(source: string): Read {
  if (!/^https?:\/\//.test(source)) {
    return async (name) => {
      // Names come from the MPD: none may lead out of its folder.
      if (name.split('/').includes('..') || name.startsWith('/')) return undefined;
      return readFile(name === '' ? source : join(dirname(source), name));
    };
  }
  return (name) => fetchBytes(new URL(name, source));
}

async function fetchBytes(url: URL): Promise<Uint8Array | undefined> {
  const answer = await request(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of answer.body as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > BYTES_MAX) throw new Error(`more than ${BYTES_MAX} bytes`);
    pieces.push(piece);
  }
  if (answer.statusCode === 404) return undefined;
  if (answer.statusCode !== 200) throw new Error(`answered ${answer.statusCode}`);
  return Buffer.concat(pieces);
}
