import { Agent } from 'node:http';
import { fetched, put } from './clients';
import { stamp, syntheticSegment } from './synthetic-segment';

export interface StormParameters {
  readonly edge: string;
  readonly region: string;
  readonly authorization: string;
  readonly clients: number;
  /** Before the number in the paths. */
  readonly prefix: string;
  /** Bytes of a segment. */
  readonly size: number;
  readonly firstNumber: number;
}

/** Cold for each segment: it is published, and all want it at once. Told to stop, it tells how many answers there were. */
async function storm(parameters: StormParameters): Promise<void> {
  const { edge, region, authorization, clients, prefix, size, firstNumber } = parameters;
  const told = { stop: false };
  let answers = 0;
  process.once('message', () => (told.stop = true));
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const segment = syntheticSegment(size);
  for (let number = firstNumber; !told.stop; number += 1) {
    const path = `${prefix}${number}.m4s`;
    await put(region + path, authorization, Buffer.from(stamp(segment, number)));
    await Promise.all(
      Array.from({ length: clients }, async () => {
        await fetched(edge + path, agent);
        answers += 1;
      }),
    );
  }
  agent.destroy();
  process.send?.(answers);
  process.disconnect();
}

void storm(JSON.parse(process.argv[2] ?? '{}') as StormParameters);
