import { ObjectCache, type EdgeObject } from '../../../edge/node/object-cache';

const KB = 1024;

function object(bytes: number): EdgeObject {
  const times = { receivedAtMs: 0, freshUntilMs: 1, staleUntilMs: 1 };
  return { status: 200, headers: {}, bytes: new Uint8Array(bytes), ...times, served: undefined };
}

describe('objects in memory', () => {
  it('forgets the least recently used first, and stays within its bytes', () => {
    const cache = new ObjectCache(100 * KB);
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']) cache.put(key, object(8 * KB));
    cache.get('a');
    cache.put('k', object(8 * KB));
    expect([cache.get('a') !== undefined, cache.get('b')]).toEqual([true, undefined]);
    expect(cache.bytes).toBeLessThanOrEqual(100 * KB);
    expect(cache.size).toBe(10);
  });

  it('does not keep one that is too large a part of it', () => {
    const cache = new ObjectCache(100 * KB);
    cache.put('large', object(13 * KB));
    expect([cache.size, cache.bytes]).toEqual([0, 0]);
  });

  it('counts a replaced object once', () => {
    const cache = new ObjectCache(100 * KB);
    cache.put('a', object(KB));
    const once = cache.bytes;
    cache.put('a', object(KB));
    expect(cache.bytes).toBe(once);
  });

  it('expires what matches, keeps it as a stand-in, and leaves what is stale already', () => {
    const cache = new ObjectCache(100 * KB);
    const [fresh, stale] = [{ ...object(KB), freshUntilMs: 100 }, object(KB)];
    for (const [key, one] of Object.entries({ a1: fresh, a2: stale, b: fresh })) cache.put(key, one);
    const { bytes } = cache;
    cache.expireWhere((_, key) => key.startsWith('a'), 50, 80);
    expect(cache.get('a1')).toMatchObject({ freshUntilMs: 50, staleUntilMs: 80 });
    expect([cache.get('a2'), cache.get('b')]).toEqual([stale, fresh]);
    expect(cache.bytes).toBe(bytes);
  });

  it('is not filled by empty answers without end', () => {
    const cache = new ObjectCache(100 * KB);
    for (let index = 0; index < 1000; index++) cache.put(String(index), object(0));
    expect(cache.size).toBeLessThanOrEqual(50);
  });
});
