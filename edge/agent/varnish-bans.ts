import { Pool } from 'undici';

const ANSWER_MS_MAX = 2000;

/** Bans by Varnish's own socket (headwater.vcl). */
export class VarnishBans {
  readonly #pool: Pool;

  /** @param socket path of Varnish's `admin` socket */
  constructor(socket: string) {
    this.#pool = new Pool('http://varnish', {
      socketPath: socket,
      connections: 2,
      headersTimeout: ANSWER_MS_MAX,
    });
  }

  /** @throws when Varnish does not take it. */
  async ban(expression: string): Promise<void> {
    const { statusCode, body } = await this.#pool.request({
      ...{ path: '/', method: 'BAN' },
      headers: { 'headwater-ban': expression },
    });
    await body.dump();
    if (statusCode !== 200)
      throw new Error(`ban: wanted 200 of Varnish, got ${statusCode} for ${expression}`);
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
