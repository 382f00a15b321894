import { CONFLICT, type EdgeKeyValues, UPDATE_KEYS_MAX } from '../../stores/aws/edge-key-values';

/** CloudFront's KeyValueStore as a Map, with its limits. */
export class MemoryKeyValues implements EdgeKeyValues {
  readonly values = new Map<string, string>();
  /** Keys of each update that was written. */
  readonly updates: number[] = [];
  /** Runs before an update is looked at: what somebody else does meanwhile. */
  beforeUpdate: () => void = () => undefined;
  #revision = 1;

  /** As another writer would. */
  write(key: string, value: string): void {
    this.values.set(key, value);
    this.#revision += 1;
  }

  async revision(): Promise<string> {
    return Promise.resolve(this.#revision.toString());
  }

  async get(key: string): Promise<string | undefined> {
    return Promise.resolve(this.values.get(key));
  }

  async list(): Promise<ReadonlyMap<string, string>> {
    return Promise.resolve(new Map(this.values));
  }

  async update(
    revision: string,
    puts: ReadonlyMap<string, string>,
    deletes: readonly string[],
  ): Promise<string> {
    this.beforeUpdate();
    if (puts.size + deletes.length > UPDATE_KEYS_MAX) throw new Error('wanted 50 keys at most');
    for (const value of puts.values()) if (value.length > 1024) throw new Error('wanted 1,024 bytes at most');
    if (revision !== this.#revision.toString()) return Promise.resolve(CONFLICT);
    for (const [key, value] of puts) this.values.set(key, value);
    for (const key of deletes) this.values.delete(key);
    this.updates.push(puts.size + deletes.length);
    this.#revision += 1;
    return this.revision();
  }
}
