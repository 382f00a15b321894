import type { Clock } from '../origin/ports/clock';
import type { Backlog, Taken } from './backlog';
import {
  deliverTo,
  isBusy,
  type Delivered,
  type Delivery,
  type PublishingCredential,
  type PutRequest,
} from './delivery';
import { handOff, handOffOf, type HandOffOffer } from './hand-off';
import { InitFirst } from './init-first';
import type { Urgency } from './urgency';
import type { InitDirectory } from './inits';
import { LatestDocuments } from './latest-documents';
import { trackName } from './names';
import { headOf, type Parcel, type ParcelHead } from './parcel';
import { pausesOn, type Pauses } from './pauses';

/** What became of a parcel in one region. */
export type RegionOutcome =
  | { readonly kind: 'ok' }
  /** It arrived after its budget. */
  | { readonly kind: 'late' }
  /** The region will not have it: `detail` is what it said. */
  | { readonly kind: 'refused'; readonly status: number; readonly detail: string }
  /** It missed its budget and waits to be caught up. */
  | { readonly kind: 'waiting'; readonly reason: string }
  /** Given up: bounds reached, or the process ended. */
  | { readonly kind: 'lost' };

export interface SenderOptions {
  readonly base: URL;
  readonly credential: PublishingCredential;
  readonly clock: Clock;
  readonly inits: InitDirectory;
  readonly backlog: Backlog;
  /** From arrival to the last attempt of a live parcel. */
  readonly budgetMs: number;
  /** Bytes of live parcels under way; what comes beyond goes to the backlog. */
  readonly liveBytesMax: number;
  readonly onOutcome: (head: ParcelHead, outcome: RegionOutcome) => void;
}

const CONNECTIONS = 9;
/** One attempt at something old: a slow uplink may take its time, nobody waits. */
const CATCH_UP_MS = 30_000;
const FIRST_PAUSE_MS = 250;
const PAUSE_MS_MAX = 5000;
const DETAIL_LENGTH_MAX = 300;

type Result = Delivered | { readonly kind: 'not-yet'; readonly status: number };

/**
 * The way into one region. Live parcels are sent at once, each on its own; what misses its budget goes to the backlog,
 * which is caught up one by one while no live parcel is under way. Regions know nothing of each other.
 */
export class RegionSender {
  readonly #options: SenderOptions;
  readonly #pauses: Pauses;
  readonly #delivery: Delivery;
  readonly #initFirst: InitFirst;
  readonly #documents: LatestDocuments;
  readonly #caughtUp: Promise<void>;
  readonly #underWay = new Set<Promise<void>>();
  /** What the region's last 413 said: nothing larger than its limit is sent to be refused again. */
  #offer: HandOffOffer | undefined;
  #liveBytes = 0;
  #catching = 0;
  #wake: () => void = () => undefined;

  constructor(options: SenderOptions) {
    const { base, credential, clock, inits, budgetMs } = options;
    this.#options = options;
    this.#pauses = pausesOn(clock);
    const delivery = { isRetried: isBusy, connections: CONNECTIONS };
    this.#delivery = deliverTo(base, credential, clock, this.#pauses, delivery);
    this.#initFirst = new InitFirst(this.#delivery, inits);
    const onDelivered = (parcel: Parcel, delivered: Delivered) => this.#documentDelivered(parcel, delivered);
    this.#documents = new LatestDocuments(this.#delivery, clock, this.#pauses, budgetMs, onDelivered);
    this.#caughtUp = this.#catchUp();
  }

  /** Parcels that are neither in the region nor given up. */
  get pending(): number {
    return this.#underWay.size + this.#catching + this.#options.backlog.size;
  }

  get liveBytes(): number {
    return this.#liveBytes;
  }

  /** Takes a parcel; at once, whatever the region does. */
  send(parcel: Parcel): void {
    if (parcel.kind === 'document') this.#documents.offer(parcel);
    else if (this.#pauses.stopped) this.#defer(parcel, 'the publisher is ending');
    else if (this.#liveBytes + parcel.bytes.length > this.#options.liveBytesMax)
      this.#defer(parcel, 'more at once than the region takes');
    else this.#begin(parcel);
  }

  /** Goes on sending until nothing is left or `deadlineMs`; then what is left is in the spool, or lost and counted. */
  async stop(deadlineMs: number): Promise<void> {
    const { clock, backlog } = this.#options;
    const step = pausesOn(clock);
    while (this.pending + this.#documents.waiting > 0 && clock.nowMs() < deadlineMs)
      await step.sleepUntil(Math.min(deadlineMs, clock.nowMs() + DRAIN_STEP_MS));
    this.#pauses.stop();
    this.#wake();
    if (this.#underWay.size + this.#catching + this.#documents.waiting > 0) await this.#delivery.abort();
    else await this.#delivery.close();
    await Promise.all([...this.#underWay, this.#caughtUp]);
    await backlog.flushed();
    backlog.abandon();
  }

  #begin(parcel: Parcel): void {
    this.#liveBytes += parcel.bytes.length;
    const sent = this.#sendLive(parcel).finally(() => {
      this.#underWay.delete(sent);
      this.#liveBytes -= parcel.bytes.length;
      this.#wake();
    });
    this.#underWay.add(sent);
  }

  async #sendLive(parcel: Parcel): Promise<void> {
    const { budgetMs, onOutcome } = this.#options;
    const result = await this.#deliver(parcel, { deadlineMs: parcel.receivedAtMs + budgetMs });
    if (result.kind === 'acknowledged') onOutcome(headOf(parcel), { kind: 'ok' });
    else if (result.kind === 'refused') onOutcome(headOf(parcel), refused(result));
    else this.#defer(parcel, reasonOf(result));
  }

  #defer(parcel: Parcel, reason: string): void {
    this.#options.onOutcome(headOf(parcel), { kind: 'waiting', reason });
    this.#options.backlog.add(parcel);
    this.#wake();
  }

  async #deliver(parcel: Parcel, urgency: Urgency): Promise<Result> {
    if (parcel.kind === 'init') return notYet(await this.#initFirst.send(parcel, urgency));
    if (parcel.kind !== 'segment') return notYet(await this.#put(parcel, urgency));
    const first = await this.#segment(parcel, urgency);
    if (first.kind !== 'refused' || first.status !== 412) return notYet(first);
    this.#initFirst.forget(parcel.path);
    return notYet(await this.#segment(parcel, urgency));
  }

  #segment(parcel: Parcel, urgency: Urgency): Promise<Delivered> {
    return this.#put(parcel, { ...urgency, before: () => this.#initFirst.before(parcel.path, urgency) });
  }

  async #put(parcel: Parcel, request: Urgency & PutRequest): Promise<Delivered> {
    const { path, bytes, headers } = parcel;
    const { deadlineMs } = request;
    const known = this.#offer;
    if (parcel.kind === 'segment' && known !== undefined && bytes.length > known.bytesMax)
      return (await request.before?.()) ?? this.#handOff(parcel, known, deadlineMs);
    const delivered = await this.#delivery.put(path, bytes, deadlineMs, { ...request, headers });
    if (delivered.kind !== 'refused' || delivered.status !== 413) return delivered;
    const offer = handOffOf(delivered.answer);
    if (offer === undefined || bytes.length > offer.uploadBytesMax) return delivered;
    if (offer.bytesMax > 0) this.#offer = offer;
    return this.#handOff(parcel, offer, deadlineMs);
  }

  #handOff(parcel: Parcel, offer: HandOffOffer, deadlineMs: number): Promise<Delivered> {
    const { base, clock } = this.#options;
    return handOff({ delivery: this.#delivery, base, clock }, parcel, offer, deadlineMs);
  }

  #documentDelivered(parcel: Parcel, delivered: Delivered): void {
    const { onOutcome } = this.#options;
    if (delivered.kind === 'acknowledged') onOutcome(headOf(parcel), { kind: 'ok' });
    else if (delivered.kind === 'refused') onOutcome(headOf(parcel), refused(delivered));
  }

  /** As long as the process lives: whenever nothing live is under way, what was missed. */
  async #catchUp(): Promise<void> {
    const { clock, backlog } = this.#options;
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.#pauses.stopped) {
      if (this.#underWay.size > 0 || backlog.size === 0) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        continue;
      }
      const went = await this.#round();
      pauseMs = went ? FIRST_PAUSE_MS : Math.min(2 * pauseMs, PAUSE_MS_MAX);
      if (!went) await this.#pauses.sleepUntil(clock.nowMs() + pauseMs);
    }
  }

  /**
   * Catches up, the newest first. What the region does not take yet (404: no event, 412: no init) keeps nothing else from
   * coming. @returns false when a pause is due.
   */
  async #round(): Promise<boolean> {
    const skipped = new Set<string>();
    while (this.#underWay.size === 0 && !this.#pauses.stopped) {
      const taken = this.#options.backlog.take(({ path }) => !skipped.has(trackName(path).track));
      if (taken === undefined) return skipped.size === 0;
      this.#catching++;
      const result = await this.#catchUpOn(taken);
      this.#catching--;
      if (result?.kind === 'abandoned') return false;
      if (result?.kind === 'not-yet') skipped.add(trackName(taken.head.path).track);
    }
    return true;
  }

  async #catchUpOn(taken: Taken): Promise<Result | undefined> {
    const { clock, onOutcome } = this.#options;
    const parcel = await taken.parcel();
    if (parcel === undefined) return undefined;
    const result = await this.#deliver(parcel, {
      deadlineMs: clock.nowMs() + CATCH_UP_MS,
      attemptsMax: 1,
    });
    if (result.kind === 'abandoned' || result.kind === 'not-yet') {
      taken.putBack();
      return result;
    }
    taken.settle();
    onOutcome(taken.head, result.kind === 'acknowledged' ? { kind: 'late' } : refused(result));
    return result;
  }
}

const DRAIN_STEP_MS = 50;

function notYet(delivered: Delivered): Result {
  const waits = delivered.kind === 'refused' && (delivered.status === 404 || delivered.status === 412);
  return waits ? { kind: 'not-yet', status: delivered.status } : delivered;
}

function reasonOf(result: Extract<Result, { kind: 'abandoned' | 'not-yet' }>): string {
  return result.kind === 'abandoned' ? result.reason : `status ${result.status}`;
}

/** The problem document's own words where there is one. */
function refused({ status, answer }: Extract<Delivered, { kind: 'refused' }>): RegionOutcome {
  const detail = /"detail":"((?:[^"\\]|\\.)*)"/.exec(answer)?.[1] ?? answer;
  return { kind: 'refused', status, detail: detail.slice(0, DETAIL_LENGTH_MAX) };
}
