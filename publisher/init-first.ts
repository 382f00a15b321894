import type { Delivered, Delivery } from './delivery';
import type { InitDirectory } from './inits';
import type { Parcel } from './parcel';
import type { Urgency } from './urgency';

interface Settled {
  readonly digest: string;
  /** The connection on which it was settled. */
  readonly epoch: number;
}

interface UnderWay {
  readonly digest: string;
  readonly delivered: Promise<Delivered>;
}

/**
 * Keeps one region supplied with inits: before the media that need them, again after a lost connection (the other side
 * may have restarted), and once however many segments wait for the same one.
 */
export class InitFirst {
  readonly #delivery: Delivery;
  readonly #inits: InitDirectory;
  readonly #settled = new Map<string, Settled>();
  readonly #underWay = new Map<string, UnderWay>();

  constructor(delivery: Delivery, inits: InitDirectory) {
    this.#delivery = delivery;
    this.#inits = inits;
  }

  /** Sends the inits that `mediaPath` needs and this region has not. @returns undefined when media may follow. */
  async before(mediaPath: string, urgency: Urgency): Promise<Delivered | undefined> {
    for (const { parcel } of this.#inits.likely(mediaPath).inits) {
      const settled = this.#settled.get(parcel.path);
      if (settled?.digest === parcel.digest && settled.epoch === this.#delivery.connectionEpoch) continue;
      const delivered = await this.send(parcel, urgency);
      // A refused init holds nothing up: the origin says what it thinks of the media.
      if (delivered.kind === 'abandoned') return delivered;
    }
    return undefined;
  }

  /** The region says that it has none (412). */
  forget(mediaPath: string): void {
    for (const { parcel } of this.#inits.likely(mediaPath).inits) this.#settled.delete(parcel.path);
  }

  send(parcel: Parcel, urgency: Urgency): Promise<Delivered> {
    const underWay = this.#underWay.get(parcel.path);
    if (underWay?.digest === parcel.digest) return underWay.delivered;
    const delivered = this.#put(parcel, urgency).finally(() => {
      if (this.#underWay.get(parcel.path)?.delivered === delivered) this.#underWay.delete(parcel.path);
    });
    this.#underWay.set(parcel.path, { digest: parcel.digest, delivered });
    return delivered;
  }

  async #put({ path, bytes, headers, digest }: Parcel, urgency: Urgency): Promise<Delivered> {
    const epoch = this.#delivery.connectionEpoch;
    const delivered = await this.#delivery.put(path, bytes, urgency.deadlineMs, { headers, ...urgency });
    if (delivered.kind !== 'abandoned') this.#settled.set(path, { digest, epoch });
    return delivered;
  }
}
