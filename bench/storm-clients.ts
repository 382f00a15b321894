import { clientsOf, put } from './clients';
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
  const { edge, region, authorization, prefix, size, firstNumber } = parameters;
  const told = { stop: false };
  let answers = 0;
  process.once('message', () => (told.stop = true));
  const clients = clientsOf(edge, parameters.clients);
  const segment = syntheticSegment(size);
  for (let number = firstNumber; !told.stop; number += 1) {
    const path = `${prefix}${number}.m4s`;
    await put(region + path, authorization, Buffer.from(stamp(segment, number)));
    await Promise.all(
      clients.map(async (client) => {
        await client.get(path);
        answers += 1;
      }),
    );
  }
  for (const client of clients) client.close();
  process.send?.(answers);
  process.disconnect();
}

void storm(JSON.parse(process.argv[2] ?? '{}') as StormParameters);
