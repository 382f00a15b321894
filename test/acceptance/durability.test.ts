import { temporaryDirectory } from '../support/temporary-directory';
import { media, newest, PATIENT, TestEvent } from './deployment';
import { startProcess } from './headwater-process';

/** The write promise, held by a real process that is killed in the middle of real PUTs. */
describe('SIGKILL', () => {
  it('loses no acknowledged PUT, byte for byte, and shows nothing that was not', async () => {
    const directory = temporaryDirectory();
    const killed = await startProcess(directory);
    const event = new TestEvent(killed);
    const first = newest() - 200;
    await event.configure({ ...PATIENT, initialSegmentNumber: first });
    await event.putInits();

    const acknowledged: number[] = [];
    const kill = async () => {
      while (acknowledged.length < 40) await new Promise((resolve) => setTimeout(resolve, 1));
      return killed.end('SIGKILL');
    };
    const publishing = Array.from({ length: 150 }, async (_, index) => {
      const number = first + index;
      // Those under way when it is killed fail; the publisher would send them again.
      const answer = await event.putMedia('a', number).catch(() => undefined);
      if (answer?.status === 201) acknowledged.push(number);
    });
    const [how] = await Promise.all([kill(), ...publishing]);
    expect(how).toBe('SIGKILL');

    const restarted = await startProcess(directory);
    try {
      const again = new TestEvent(restarted, event.tenant, event.name);
      for (const number of acknowledged) {
        const got = await again.getMedia(number);
        expect([number, got.status, got.body.equals(media(number))]).toEqual([number, 200, true]);
      }
      // Whatever was under way is there whole or not at all.
      for (let number = first; number < first + 150; number++) {
        const got = await again.getMedia(number);
        const isWhole = got.status === 200 && got.body.equals(media(number));
        expect([number, isWhole || got.status === 404]).toEqual([number, true]);
      }
    } finally {
      await restarted.end('SIGTERM');
    }
  });
});

describe('SIGTERM and SIGINT', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('%s ends in order, with exit code 0', async (signal) => {
    const running = await startProcess(temporaryDirectory());
    expect(await running.end(signal)).toBe(0);
  });
});

describe('the demo', () => {
  it('plays, in both regions, and goes on after a restart with the same credentials', async () => {
    const directory = temporaryDirectory();
    const secrets = new Set<string>();
    for (let starts = 0; starts < 2; starts++) {
      const running = await startProcess(directory, ['--demo']);
      try {
        secrets.add(/PIPELINE=a SECRET=(\S+)/.exec(running.output)?.[1] ?? '');
        const loop = new TestEvent(running, 'demo', 'loop');
        for (const region of [0, 1]) {
          const number = newest() - 1;
          let answer = await loop.getMedia(number, {}, region);
          while (answer.status === 404) answer = await loop.getMedia(number, {}, region);
          expect([answer.status, answer.body.equals(media(number))]).toEqual([200, true]);
        }
      } finally {
        await running.end('SIGTERM');
      }
    }
    expect(secrets.size).toBe(1);
    expect(secrets).not.toContain('');
  });
});
