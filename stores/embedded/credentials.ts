import type { EventKey } from '../../origin/candidate';
import type { Credential, CredentialStore } from '../../origin/ports/event-store';
import { AFTER_NAMES, type Environment, type Table } from './environment';

/** Credentials in LMDB: by digest of the secret for publishers, by event for operators. */
export class EmbeddedCredentials implements CredentialStore {
  readonly #environment: Environment;
  readonly #byDigest: Table;
  readonly #byEvent: Table;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.#byDigest = environment.table('credentials');
    this.#byEvent = environment.table('credentials-by-event');
  }

  async findByDigest(secretDigest: string): Promise<Credential | undefined> {
    const value = this.#byDigest.get(secretDigest);
    return value === undefined ? undefined : (JSON.parse(value) as Credential);
  }

  async put(credential: Credential): Promise<void> {
    const { tenant, event, pipeline, id, secretDigest } = credential;
    const value = JSON.stringify(credential);
    await this.#environment.write(() => {
      void this.#byDigest.put(secretDigest, value);
      void this.#byEvent.put([tenant, event, pipeline, id], value);
    });
  }

  async ofEvent({ tenant, event }: EventKey): Promise<readonly Credential[]> {
    const found = this.#byEvent.getRange({ start: [tenant, event], end: [tenant, event, AFTER_NAMES] });
    return Array.from(found, ({ value }) => JSON.parse(value) as Credential);
  }
}
