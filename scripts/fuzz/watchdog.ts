import { Worker } from 'node:worker_threads';

/** Not a limit of speed: what takes this long has no end. */
const HUNG_MS = 30_000;

const SCRIPT = `
  const { workerData } = require('node:worker_threads');
  let before = -1;
  setInterval(() => {
    const now = Atomics.load(workerData.progress, 0);
    if (now === before) {
      require('node:fs').writeSync(1, 'case ' + now + ': did not end\\n0 passed, 1 failed\\n');
      process.kill(process.pid, 'SIGKILL');
    }
    before = now;
  }, workerData.hungMs);
`;

/** Ends the process, naming the case, when one case never ends: nothing in the same thread could. */
export class Watchdog {
  readonly #progress = new Int32Array(new SharedArrayBuffer(4));
  readonly #worker = new Worker(SCRIPT, {
    eval: true,
    workerData: { progress: this.#progress, hungMs: HUNG_MS },
  });

  at(number: number): void {
    Atomics.store(this.#progress, 0, number);
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
