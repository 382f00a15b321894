import { bytesPath, segmentPath } from '../../origin/candidate';
import type { Candidate, EventKey, SegmentKey, SegmentRef } from '../../origin/candidate';
import { changeOfEntry, HISTORY_KEPT_MS, type ChangeRecord } from '../../origin/events/change-record';
import type { EventEntry, EventHead } from '../../origin/events/event-record';
import type { CandidateStore } from '../../origin/ports/candidate-store';
import type { Clock } from '../../origin/ports/clock';
import type { Digester } from '../../origin/ports/digester';
import type { OperatorToken, OperatorTokenStore } from '../../origin/ports/operator-token-store';
import type { Credential, CredentialStore, EventStore } from '../../origin/ports/event-store';
import {
  SegmentMissing,
  type Document,
  type DocumentStore,
  type SegmentStore,
} from '../../origin/ports/segment-store';
import {
  PLACE_MS,
  type StoredObject,
  type UploadPlace,
  type UploadStore,
} from '../../origin/ports/upload-store';
import { givesWayTo } from '../../stores/embedded/candidates';
import { ChangeWaiters } from '../../stores/embedded/change-waiters';

/** Every port as plain Maps, for tests of use cases; held to the same contracts as the real adapters. */
export interface MemoryRegion {
  readonly region: string;
  readonly candidates: CandidateStore;
  readonly segments: SegmentStore;
  readonly documents: DocumentStore;
  readonly uploads: MemoryUploads;
}

/** @param onChange called before those who wait for a change are woken */
export function memoryRegion(
  region: string,
  clock: Clock,
  digester: Digester,
  onChange?: (segment: SegmentKey) => void,
): MemoryRegion {
  const segments = memorySegments(clock, digester);
  return {
    region,
    candidates: memoryCandidates(clock, onChange),
    segments,
    documents: memoryDocuments(clock),
    uploads: memoryUploads(segments, clock),
  };
}

export function memoryCandidates(
  clock: Clock,
  onChange: (segment: SegmentKey) => void = () => undefined,
): CandidateStore {
  const held = new Map<string, Candidate>();
  const waiters = new ChangeWaiters(clock);
  const keyOf = (ref: SegmentRef | Candidate) => `${segmentPath(ref)}/${ref.pipeline}`;
  const living = (key: string) => {
    const candidate = held.get(key);
    return candidate !== undefined && candidate.expiresAtMs > clock.nowMs() ? candidate : undefined;
  };
  const write = (candidate: Candidate) => {
    held.set(keyOf(candidate), candidate);
    onChange(candidate);
    waiters.wake(segmentPath(candidate));
  };
  const where = (wanted: (candidate: Candidate) => boolean) =>
    [...held.keys()]
      .map(living)
      .filter((candidate) => candidate !== undefined)
      .filter(wanted)
      .sort((one, other) => one.number - other.number || (one.pipeline < other.pipeline ? -1 : 1));

  return {
    ofSegment: async (segment) => where((candidate) => segmentPath(candidate) === segmentPath(segment)),
    ofRange: async (representation, from, to) =>
      where(
        (candidate) =>
          candidate.number >= from &&
          candidate.number <= to &&
          segmentPath(candidate) === segmentPath({ ...representation, number: candidate.number }),
      ),
    async record(candidate) {
      const there = living(keyOf(candidate));
      if (there !== undefined && !givesWayTo(there, candidate)) return { kind: 'kept', held: there };
      write(candidate);
      return { kind: 'recorded' };
    },
    async flag(ref, defects) {
      const there = living(keyOf(ref));
      if (there?.digest !== ref.digest) return 'stale';
      if (JSON.stringify(there.defects) === JSON.stringify(defects)) return 'unchanged';
      write({ ...there, defects });
      return 'flagged';
    },
    awaitChange: (segment, untilMs, cancel) => waiters.wait(segmentPath(segment), untilMs, cancel),
  };
}

/** Refuses bytes that are not those the reference names: a use case that mixes up two bodies fails at once. */
export function memorySegments(clock: Clock, digester: Digester): SegmentStore {
  const objects = new Map<string, { readonly bytes: Uint8Array; readonly expiresAtMs: number }>();
  return {
    async write(ref, bytes, expiresAtMs) {
      const digest = digester.sha256Hex(bytes);
      if (digest !== ref.digest || bytes.length !== ref.size)
        throw new RangeError(
          `bytes: wanted ${ref.size} with ${ref.digest}, got ${bytes.length} with ${digest}`,
        );
      objects.set(bytesPath(ref), { bytes: bytes.slice(), expiresAtMs });
    },
    async read(ref, range) {
      const object = objects.get(bytesPath(ref));
      if (object === undefined || object.expiresAtMs <= clock.nowMs())
        throw new SegmentMissing(bytesPath(ref));
      return range === undefined ? object.bytes : object.bytes.subarray(range.start, range.end);
    },
  };
}

export interface MemoryUploads extends UploadStore {
  /** The publisher's PUT: the status that a store answers with. */
  put(place: UploadPlace, bytes: Uint8Array): Promise<number>;
}

function memoryUploads(segments: SegmentStore, clock: Clock): MemoryUploads {
  const places = new Map<string, { readonly ref: SegmentRef; readonly expiresAtMs: number }>();
  const found = new Map<string, StoredObject>();
  return {
    bytesMax: 1_000_000,
    async offer(ref, expiresAtMs) {
      const url = `?upload=memory&place=${places.size}`;
      places.set(url, { ref, expiresAtMs });
      return { url, headers: { 'if-none-match': '*' }, untilMs: clock.nowMs() + PLACE_MS };
    },
    find: async (ref) => found.get(bytesPath(ref)),
    async put({ url, untilMs }, bytes) {
      const place = places.get(url);
      if (place === undefined || untilMs <= clock.nowMs()) return 403;
      const { ref, expiresAtMs } = place;
      if (found.has(bytesPath(ref))) return 412;
      try {
        await segments.write(ref, bytes, expiresAtMs);
      } catch {
        return 400;
      }
      found.set(bytesPath(ref), { size: ref.size, digest: ref.digest, storedAtMs: clock.nowMs() });
      return 200;
    },
  };
}

export function memoryDocuments(clock: Clock): DocumentStore {
  const documents = new Map<string, Document>();
  const keyOf = (event: EventKey, path: string) => `${event.tenant}/${event.event}/${path}`;
  return {
    async write(event, path, document) {
      documents.set(keyOf(event, path), { ...document, bytes: document.bytes.slice() });
    },
    async read(event, path) {
      const document = documents.get(keyOf(event, path));
      return document !== undefined && document.expiresAtMs > clock.nowMs() ? document : undefined;
    },
  };
}

export interface MemoryEvents {
  readonly events: EventStore;
  readonly credentials: CredentialStore;
  readonly operatorTokens: OperatorTokenStore;
}

export function memoryEvents(clock: Clock): MemoryEvents {
  return {
    events: memoryEventStore(clock),
    credentials: memoryCredentials(),
    operatorTokens: memoryOperatorTokens(),
  };
}

function memoryEventStore(clock: Clock): EventStore {
  const heads = new Map<string, EventHead>();
  const entries = new Map<string, EventEntry[]>();
  const changes = new Map<string, ChangeRecord[]>();
  const add = (key: EventKey, change: ChangeRecord) => {
    changes.set(keyOf(key), [...(changes.get(keyOf(key)) ?? []), change]);
  };
  const keyOf = ({ tenant, event }: EventKey) => `${tenant}/${event}`;
  const living = () => [...heads.values()].filter((head) => (head.expiresAtMs ?? Infinity) > clock.nowMs());
  return {
    async read(key, knownRevision) {
      const head = heads.get(keyOf(key));
      if (head === undefined) return undefined;
      return head.revision === knownRevision
        ? 'unchanged'
        : { head, entries: [...(entries.get(keyOf(key)) ?? [])] };
    },
    async list(tenant, limit) {
      return living()
        .filter((head) => head.tenant === tenant)
        .sort((one, other) => (one.event < other.event ? -1 : 1))
        .slice(0, limit);
    },
    listLive: async (limit) => living().slice(0, limit),
    async writeHead(head, expectedRevision, change) {
      if ((heads.get(keyOf(head))?.revision ?? 0) !== expectedRevision) return 'conflict';
      heads.set(keyOf(head), head);
      if (change !== undefined) add(head, change);
      return 'written';
    },
    async append(key, entry, versionBump, expectedRevision) {
      const head = heads.get(keyOf(key));
      if (head === undefined) return 'no-event';
      const there = entries.get(keyOf(key)) ?? [];
      if (there.some(({ id }) => id === entry.id)) return 'exists';
      if (head.revision !== (expectedRevision ?? head.revision)) return 'conflict';
      entries.set(
        keyOf(key),
        [...there, entry].sort((one, other) => (one.id < other.id ? -1 : 1)),
      );
      heads.set(keyOf(key), { ...head, revision: head.revision + 1, version: head.version + versionBump });
      add(key, changeOfEntry(entry));
      return 'appended';
    },
    async replace(key, entry) {
      const head = heads.get(keyOf(key));
      if (head === undefined) return 'no-event';
      const others = (entries.get(keyOf(key)) ?? []).filter(({ id }) => id !== entry.id);
      entries.set(
        keyOf(key),
        [...others, entry].sort((one, other) => (one.id < other.id ? -1 : 1)),
      );
      heads.set(keyOf(key), { ...head, revision: head.revision + 1 });
      return 'replaced';
    },
    async retire(key, ids) {
      const left = (entries.get(keyOf(key)) ?? []).filter(({ id }) => !ids.includes(id));
      entries.set(keyOf(key), left);
    },
    record: async (key, change) => add(key, change),
    history: async (key, { before, limit }) =>
      (changes.get(keyOf(key)) ?? [])
        .filter(
          ({ id, atMs }) => (before === undefined || id < before) && atMs >= clock.nowMs() - HISTORY_KEPT_MS,
        )
        .sort((one, other) => (one.id < other.id ? 1 : -1))
        .slice(0, limit),
  };
}

function memoryCredentials(): CredentialStore {
  const credentials = new Map<string, Credential>();
  // As keys compare: `#` sorts before every character of a name.
  const order = ({ pipeline, id }: Credential) => `${pipeline}#${id}`;
  return {
    findByDigest: async (secretDigest) => credentials.get(secretDigest),
    async put(credential) {
      credentials.set(credential.secretDigest, credential);
    },
    ofEvent: async ({ tenant, event }) =>
      [...credentials.values()]
        .filter((credential) => credential.tenant === tenant && credential.event === event)
        .sort((one, other) => (order(one) < order(other) ? -1 : 1)),
  };
}

function memoryOperatorTokens(): OperatorTokenStore {
  const tokens = new Map<string, OperatorToken>();
  return {
    findByDigest: async (tokenDigest) =>
      [...tokens.values()].find((token) => token.tokenDigest === tokenDigest),
    add: async (token) => void tokens.set(token.id, token),
    list: async (limit) =>
      [...tokens.values()].sort((one, other) => (one.id < other.id ? -1 : 1)).slice(0, limit),
    remove: async (id) => tokens.delete(id),
  };
}
