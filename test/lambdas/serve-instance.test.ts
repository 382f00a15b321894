import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { EDGE_CREDENTIAL_HEADER } from '../../lambdas/serve/environment';
import { responder, streamedHandler, type StreamingRuntime } from '../../lambdas/serve/handler';
import { openConnections } from '../../lambdas/serve/open-connections';
import type { Origin } from '../../origin/origin';
import { nodeDigester } from '../../stores/node-digester';
import { asset, deploy, EDGE, PATH, publish, publishInit } from '../support/deployment';
import { counted, type Counted, restEvent } from './events';

const MEDIA = `${PATH}/v360/${EDGE}.m4s`;
const CREDENTIAL = 'current';

async function published(): Promise<Origin> {
  const { origin } = await deploy();
  await publishInit(origin);
  await publish(origin);
  return origin;
}

describe('a streamed answer', () => {
  type Head = Parameters<StreamingRuntime['HttpResponseStream']['from']>[1];

  async function stream(
    path: string,
    method = 'GET',
    origin?: Origin,
    { telemetry }: Pick<Counted, 'telemetry'> = counted(),
  ) {
    let head: Head | undefined;
    let writes = 0;
    const out = new PassThrough();
    const runtime: StreamingRuntime = {
      streamifyResponse: (handler) => (event) => handler(event, out),
      HttpResponseStream: {
        from(to, given) {
          head = given;
          const write = to.write.bind(to) as PassThrough['write'];
          to.write = ((...parameters: Parameters<PassThrough['write']>) => {
            writes += 1;
            return write(...parameters);
          }) as typeof to.write;
          return to;
        },
      },
    };
    const body = buffer(out).catch(() => undefined);
    const respond = responder(origin ?? (await published()), [nodeDigester.sha256Hex(CREDENTIAL)], telemetry);
    const event = restEvent({ method, path, headers: { [EDGE_CREDENTIAL_HEADER]: CREDENTIAL } });
    await streamedHandler(respond, runtime, telemetry)(event);
    return { head, writes, body: await body };
  }

  it('sends status, headers and a length ahead of the bytes', async () => {
    const { head, body } = await stream(MEDIA);
    const bytes = asset.segment('v360', EDGE);
    expect(head?.statusCode).toBe(200);
    expect(head?.headers['Content-Length']).toBe(bytes.byteLength.toString());
    expect(body?.equals(bytes)).toBe(true);
  });

  it('logs an answer that breaks off, with its path, and fails as a whole', async () => {
    const origin = await published();
    const { segments } = origin.local;
    const breaksOff = async function* () {
      yield new Uint8Array(1000);
      await Promise.reject(new Error('connection reset'));
    };
    const local = { ...origin.local, segments: { ...segments, read: () => Promise.resolve(breaksOff()) } };
    const watched = counted();
    const logged = jest.spyOn(watched.telemetry.log, 'error');
    await expect(stream(MEDIA, 'GET', { ...origin, local }, watched)).rejects.toThrow('connection reset');
    expect(logged).toHaveBeenCalledWith(
      'an answer broke off',
      expect.objectContaining({ path: MEDIA, error: expect.objectContaining({}) as unknown }),
    );
  });

  it.each([
    ['an error', `${PATH}/v360/1.m4s`, 'GET', 404],
    ['HEAD', MEDIA, 'HEAD', 200],
  ])('writes at least once, or the status would never leave: %s', async (_, path, method, status) => {
    const { head, writes } = await stream(path, method);
    expect(head?.statusCode).toBe(status);
    expect(writes).toBeGreaterThan(0);
  });
});

it('an instance of serve asks every region once when it starts, so that its first requests hear all of them', async () => {
  const { origin, counts, forget } = await deploy({}, ['us-east-1', 'us-west-2', 'eu-west-1']);
  forget();
  openConnections(origin);
  expect(counts.regions.map(({ all }) => all)).toEqual(
    Array.from({ length: 3 }, () => ({ 'candidates.ofSegment': 1 })),
  );
});
