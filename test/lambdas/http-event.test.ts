import fc from 'fast-check';
import { decodeRequest, encodeResponse } from '../../lambdas/http-event';
import { bodyOf, restEvent, urlEvent } from './events';

const forms = [
  ['a REST API (payload 1.0)', restEvent],
  ['a function URL (payload 2.0)', urlEvent],
] as const;

describe.each(forms)('a request of %s', (_, event) => {
  it('has method, path with its stage, query and lower-case headers', () => {
    const sent = {
      method: 'HEAD',
      path: '/live/acme/final/v720/init.mp4',
      query: { v: '2' },
      headers: { Range: 'bytes=0-1', 'If-None-Match': '"x"' },
    };
    expect(decodeRequest(event(sent))).toEqual({
      method: 'HEAD',
      path: '/live/acme/final/v720/init.mp4',
      query: { v: '2' },
      headers: { range: 'bytes=0-1', 'if-none-match': '"x"' },
    });
  });

  it('carries every byte of its body', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 4096 }), (body) => {
        const decoded = decodeRequest(event({ method: 'PUT', path: '/live/t/e/x', body }));
        expect(Buffer.compare(decoded.body!, body)).toBe(0);
      }),
    );
  });

  it('has no body when none was sent', () => {
    expect(decodeRequest(event({ path: '/' }))).not.toHaveProperty('body');
  });
});

describe('a REST request', () => {
  it('joins header fields of one name, whatever their case', () => {
    const event = { ...restEvent({ path: '/' }), multiValueHeaders: { 'X-A': ['1', '2'], 'x-a': ['3'] } };
    expect(decodeRequest(event).headers).toEqual({ 'x-a': '1, 2, 3' });
  });

  it('takes the single headers where a caller sends no lists', () => {
    const event = {
      ...restEvent({ path: '/', headers: { Host: 'h' } }),
      multiValueHeaders: null as unknown as object,
    };
    expect(decodeRequest(event as Parameters<typeof decodeRequest>[0]).headers).toEqual({ host: 'h' });
  });
});

describe('an answer', () => {
  async function* pieces() {
    yield Uint8Array.of(1, 2);
    yield await Promise.resolve(Uint8Array.of(255));
  }

  it.each([
    ['bytes', new Uint8Array([9, 1, 2, 255]).subarray(1), [1, 2, 255]],
    ['a stream', pieces(), [1, 2, 255]],
    ['text', 'ü', [0xc3, 0xbc]],
    ['nothing', undefined, []],
  ])('of %s is base64 of exactly that', async (_, body, bytes) => {
    const result = await encodeResponse({
      status: 206,
      headers: { ETag: '"e"' },
      ...(body !== undefined && { body }),
    });
    expect([result.statusCode, result.headers, [...bodyOf(result)]]).toEqual([206, { ETag: '"e"' }, bytes]);
  });
});
