import { controlHandler } from '../../lambdas/control/handler';
import { byToken } from '../../lambdas/control/operator-of';
import { ingestHandler } from '../../lambdas/ingest/handler';
import { byAuthorizer } from '../../lambdas/ingest/publisher-of';
import { bufferedHandler, responder } from '../../lambdas/serve/handler';
import type { Origin } from '../../origin/origin';
import { nodeDigester } from '../../stores/node-digester';
import { asset, deploy, EDGE, KEY, PATH, publish, publishInit } from '../support/deployment';
import { bodyOf, counted, restEvent } from './events';

const MEDIA = `${PATH}/v360/${EDGE}.m4s`;
const broken = (origin: Origin): Origin => ({
  ...origin,
  local: {
    ...origin.local,
    candidates: {
      ...origin.local.candidates,
      ofSegment: () => Promise.reject(new Error('table gone')),
      record: () => Promise.reject(new Error('table gone')),
    },
  },
});

describe('ingest', () => {
  const authorizer = { ...KEY, pipeline: 'a', credential: 'a-1' };
  const put = (path: string, body: Uint8Array) => restEvent({ method: 'PUT', path, body, authorizer });

  it('stores what the authorizer let through, and counts it for its pipeline', async () => {
    const { origin } = await deploy();
    await publishInit(origin);
    const { telemetry, counts } = counted();
    const handler = ingestHandler(origin, telemetry, byAuthorizer);
    const result = await handler(put(MEDIA, asset.segment('v360', EDGE)));
    expect([result.statusCode, JSON.parse(bodyOf(result).toString())]).toEqual([
      201,
      expect.objectContaining({ pipeline: 'a', number: EDGE }),
    ]);
    expect(counts).toEqual([['Received', { ...KEY, pipeline: 'a' }]]);
  });

  it('counts what it refuses', async () => {
    const { origin } = await deploy();
    const { telemetry, counts } = counted();
    const result = await ingestHandler(origin, telemetry, byAuthorizer)(put(MEDIA, Buffer.from('no boxes')));
    expect(result.statusCode).toBe(400);
    expect(counts.map(([name]) => name)).toEqual(['Refused', 'Defective']);
  });

  it('answers 401 where no authorizer has spoken', async () => {
    const { origin } = await deploy();
    const event = restEvent({ method: 'PUT', path: MEDIA, body: Uint8Array.of(1) });
    expect((await ingestHandler(origin, counted().telemetry, byAuthorizer)(event)).statusCode).toBe(401);
  });

  it('asks to try again when a store fails', async () => {
    const { origin } = await deploy();
    await publishInit(origin);
    const result = await ingestHandler(
      broken(origin),
      counted().telemetry,
      byAuthorizer,
    )(put(MEDIA, asset.segment('v360', EDGE)));
    expect([result.statusCode, result.headers?.['Retry-After']]).toEqual([503, '1']);
  });
});

describe('serve', () => {
  const digests = [nodeDigester.sha256Hex('current'), nodeDigester.sha256Hex('previous')];
  const get = (credential: string | undefined, path = MEDIA, method = 'GET') =>
    restEvent({
      path,
      method,
      ...(credential !== undefined && { headers: { 'Headwater-Edge-Credential': credential } }),
    });

  async function published() {
    const { origin } = await deploy();
    await publishInit(origin);
    await publish(origin);
    return origin;
  }

  it.each([
    ['current', 200],
    ['previous', 200],
    ['guess', 403],
    [undefined, 403],
  ])('shown %s: %d', async (credential, status) => {
    const respond = responder(await published(), digests, counted().telemetry);
    expect((await respond(get(credential))).status).toBe(status);
  });

  it.each([
    ['guess', 'another'],
    [undefined, 'none'],
  ])('names the header to whoever shows %s: a CDN has to be told what it lacks', async (credential, got) => {
    const respond = responder(await published(), digests, counted().telemetry);
    const { headers, body } = await respond(get(credential));
    expect(headers).toMatchObject({ 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-store' });
    expect(JSON.parse(body as string)).toMatchObject({
      faults: [{ parameter: 'headwater-edge-credential', got }],
    });
  });

  it('buffered: the segment, byte for byte, counted for the pipeline that it is of', async () => {
    const { telemetry, counts } = counted();
    const handler = bufferedHandler(responder(await published(), digests, telemetry));
    const result = await handler(get('current'));
    expect(bodyOf(result).equals(asset.segment('v360', EDGE))).toBe(true);
    expect(counts).toEqual([['Selected', { ...KEY, pipeline: 'a' }]]);
  });

  it.each([
    ['a segment at the live edge', `${EDGE}.m4s`, ['live', 200]],
    ['one of long ago', `${EDGE - 200}.m4s`, ['dvr', 410]],
    ['an init', 'init.mp4', ['init', 200]],
    ['what no template makes', 'x.html', ['unknown', 404]],
  ])('measures %s by its class', async (_, name, answer) => {
    const { telemetry, answers } = counted();
    await responder(await published(), digests, telemetry)(get('current', MEDIA.replace(/[^/]+$/, name)));
    expect(answers).toEqual([answer]);
  });

  it('says 500 when a store fails: CloudFront then asks the other region', async () => {
    const respond = responder(broken(await published()), digests, counted().telemetry);
    expect((await respond(get('current'))).status).toBe(500);
  });
});

describe('control', () => {
  const call = (token: string | undefined) =>
    restEvent({
      path: '/control/v1/tenants/acme/events/final',
      ...(token !== undefined && { headers: { Authorization: `Bearer ${token}` } }),
    });

  it.each([
    ['token', 200],
    ['guess', 401],
    [undefined, 401],
  ])('shown %s: %d', async (token, status) => {
    const { origin } = await deploy();
    const handler = controlHandler(
      origin,
      byToken(origin, [nodeDigester.sha256Hex('token')]),
      counted().telemetry,
    );
    expect((await handler(call(token))).statusCode).toBe(status);
  });
});
