import type { EventKey } from '../origin/candidate';

/** Owners of what is nobody's in particular: no tenant has this name. */
export const ANYBODY: readonly string[] = [''];

/** Owners of what a pipeline sends. */
export function pipelineOwners(of: EventKey & { readonly pipeline: string }): readonly string[] {
  return [of.tenant, `${of.tenant}/${of.event}/${of.pipeline}`];
}

/**
 * Bytes of all bodies that a server holds at a time. Whoever holds some leaves as many free for the others beside it, so
 * that nobody's bodies, however many and slow, keep out anybody else's.
 */
export class BodyMemory {
  readonly #bytesMax: number;
  #bytes = 0;
  readonly #held = new Map<string, number>();

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /**
   * @param owners who answers for the bytes: a tenant, and its pipeline, which is to leave room for that tenant's others.
   * Nobody: the memory has no shares
   */
  take(owners: readonly string[], bytes: number): boolean {
    const left = this.#bytesMax - this.#bytes - bytes;
    const held = owners.reduce((sum, owner) => sum + this.#heldBy(owner) + bytes, 0);
    if (left < held) return false;
    this.#add(owners, bytes);
    return true;
  }

  give(owners: readonly string[], bytes: number): void {
    this.#add(owners, -bytes);
  }

  #heldBy(owner: string): number {
    return this.#held.get(owner) ?? 0;
  }

  #add(owners: readonly string[], bytes: number): void {
    this.#bytes += bytes;
    for (const owner of owners) {
      const held = this.#heldBy(owner) + bytes;
      if (held === 0) this.#held.delete(owner);
      else this.#held.set(owner, held);
    }
  }
}
