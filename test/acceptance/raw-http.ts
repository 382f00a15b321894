import { connect, type Socket } from 'node:net';

/** A connection on which a test writes what no HTTP client would. */
export class RawConnection {
  readonly #socket: Socket;
  #received = '';
  #ended = false;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#socket = connect(Number(port), hostname);
    this.#socket.on('data', (bytes) => (this.#received += bytes.toString('latin1')));
    // A server that closes early may reset: for the test that is an end like another.
    this.#socket.on('error', () => (this.#ended = true));
    this.#socket.on('close', () => (this.#ended = true));
  }

  get received(): string {
    return this.#received;
  }

  get ended(): boolean {
    return this.#ended;
  }

  write(text: string | Uint8Array): void {
    this.#socket.write(text);
  }

  /** Resolves once `text` has come, or the server has closed; fails after 20 s. */
  async until(text: string): Promise<string> {
    const endMs = Date.now() + 20_000;
    while (!this.#received.includes(text) && !this.#ended) {
      if (Date.now() > endMs) throw new Error(`wanted ${text}, got ${this.#received}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.#received;
  }

  async untilEnd(): Promise<string> {
    const endMs = Date.now() + 20_000;
    while (!this.#ended) {
      if (Date.now() > endMs) throw new Error(`wanted the connection to end, got ${this.#received}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.#received;
  }

  close(): void {
    this.#socket.destroy();
  }
}
