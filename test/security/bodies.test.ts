import { media, newest } from '../acceptance/deployment';
import { RawConnection } from '../acceptance/raw-http';
import { openScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => (scene = await openScene()));
afterAll(() => scene.close());

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const BODY_BYTES = 16 * 2 ** 20;
/** With two pipelines' credentials: twice the memory that a region has for bodies. */
const CONNECTIONS = 64;

it('slow bodies of one tenant keep out no other’s PUT, and are ended', async () => {
  const region = scene.own.region().publishUrl;
  const heads = await Promise.all(
    ['a', 'b'].map(
      async (pipeline) =>
        `PUT ${scene.own.path}/v360/${newest() - 50}.m4s HTTP/1.1\r\nHost: h\r\n` +
        `Authorization: ${await scene.own.basic(pipeline)}\r\nContent-Length: ${BODY_BYTES}\r\n\r\n`,
    ),
  );
  const connections = Array.from({ length: CONNECTIONS }, (_, at) => {
    const connection = new RawConnection(region);
    connection.write(heads[at % heads.length] ?? '');
    return connection;
  });
  const statuses: number[] = [];
  for (
    let number = newest() - 90;
    connections.some(({ ended }) => !ended) && statuses.length < 85;
    number++
  ) {
    for (const connection of connections) if (!connection.ended) connection.write('x');
    statuses.push((await scene.foreign.putMedia('a', number, media(number))).status);
    await sleep(500);
  }
  expect([...new Set(statuses)]).toEqual([201]);
  const answered = connections.map(({ received }) => /^HTTP\/1.1 (\d{3})/.exec(received)?.[1]);
  // Those without a place are refused, those with one have it for half a minute.
  expect(new Set(answered)).toEqual(new Set(['503', '408']));
  // The memory is free again.
  expect((await scene.own.putMedia('a', newest() - 51)).status).toBe(201);
});
