/**
 * A process that publishes segments one after another and says which were acknowledged, until it is killed:
 * `node --import tsx embedded-writer.ts DIRECTORY DURABILITY`. The parent lets it run by reading its output.
 */
import { openEmbeddedEvents, openEmbeddedRegion, type Durability } from '../../stores/embedded';
import { systemClock } from '../../stores/system-clock';
import { sampleBytes, sampleCandidate, sampleHead, sampleMask, sampleRef } from './samples';

const WRITERS = 8;
export const SEGMENT_BYTES = 150_000;

async function main(directory: string, durability: Durability): Promise<void> {
  const region = openEmbeddedRegion({
    ...{ directory: `${directory}/us-east-1`, region: 'us-east-1', clock: systemClock, durability },
  });
  const { events } = openEmbeddedEvents({ directory: `${directory}/events`, clock: systemClock });
  await events.writeHead(sampleHead(), 0);
  const expiresAtMs = systemClock.nowMs() + 3_600_000;
  let next = 0;
  const write = async () => {
    for (;;) {
      const number = (next += 1);
      const bytes = sampleBytes(`segment ${number}`, SEGMENT_BYTES);
      const ref = sampleRef(bytes, { number });
      await region.segments.write(ref, bytes, expiresAtMs);
      await region.candidates.record(sampleCandidate({ ...ref, expiresAtMs }));
      process.stdout.write(`candidate ${number}\n`);
      if (number % 10 > 0) continue;
      await events.append(sampleHead(), sampleMask(`mask-${number}`), 1);
      process.stdout.write(`entry mask-${number}\n`);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
}

const [directory, durability] = process.argv.slice(2);
if (require.main === module && directory !== undefined) void main(directory, durability as Durability);
