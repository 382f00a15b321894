import type { Headwater } from '../../embedded';
import { startPublisher } from '../../publisher';
import { deploymentOf, embeddedRun } from '../support/embedded-run';
import { asset, makeEvent, media, newest, padded, send, until, type Deployment } from './deployment';

/** Smaller than any segment with its padding, larger than any init. */
const PUT_BYTES_MAX = 100_000;

describe('the publisher in front of a region that takes small PUTs only', () => {
  let headwater: Headwater;
  beforeAll(async () => {
    headwater = await embeddedRun(undefined, { segmentBytesMax: PUT_BYTES_MAX });
  });

  const deployment = (): Deployment => deploymentOf(headwater);

  it('hands larger segments off by itself, to every region, byte for byte', async () => {
    const event = await makeEvent(deployment());
    const publisher = await startPublisher({
      port: 0,
      to: headwater.regions.map(({ url }) => new URL(url)),
      credential: { pipeline: 'a', secret: await event.secretOf('a') },
      writeLog: () => undefined,
    });
    try {
      const init = await send('PUT', `${publisher.url}${event.path}/v360/init.mp4`, {}, asset.init('v360'));
      expect(init.status).toBe(201);
      const numbers = [3, 2, 1].map((back) => newest() - back);
      for (const number of numbers) {
        const bytes = padded(media(number), 2 * PUT_BYTES_MAX);
        const url = `${publisher.url}${event.path}/v360/${number}.m4s`;
        expect((await send('PUT', url, {}, bytes)).status).toBe(201);
        for (const region of [0, 1])
          await until(async () => (await event.getMedia(number, {}, region)).body.equals(bytes));
      }
    } finally {
      await publisher.stop();
    }
  });
});
