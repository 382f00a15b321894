import fc from 'fast-check';
import { RecentBytes } from '../../../origin/serve/recent-bytes';

describe('recent bytes', () => {
  it('hold the same memory, not a copy', () => {
    const recent = new RecentBytes(100);
    const object = new Uint8Array(60);
    recent.put('a', object);
    expect(recent.get('a')).toBe(object);
  });

  it('let go what has lain longest without being read', () => {
    const recent = new RecentBytes(100);
    for (const key of ['a', 'b', 'c']) recent.put(key, new Uint8Array(30));
    recent.get('a');
    recent.put('d', new Uint8Array(30));
    expect(['a', 'b', 'c', 'd'].filter((key) => recent.get(key) !== undefined)).toEqual(['a', 'c', 'd']);
    expect(recent.bytes).toBe(90);
  });

  it('do not hold what is larger than all of them, and keep the others', () => {
    const recent = new RecentBytes(100);
    recent.put('a', new Uint8Array(100));
    recent.put('b', new Uint8Array(101));
    expect(recent.get('b')).toBeUndefined();
    expect(recent.get('a')).toHaveLength(100);
  });

  it('copy a small part of a large buffer, which would stay alive uncounted', () => {
    const recent = new RecentBytes(100);
    const large = new Uint8Array(10_000).fill(7);
    recent.put('a', large.subarray(50, 60));
    expect(recent.get('a')?.buffer.byteLength).toBe(10);
    expect(recent.get('a')).toEqual(new Uint8Array(10).fill(7));
  });

  it('never hold more than their limit, and count exactly what they hold', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const step = fc.oneof(
      fc.record({ put: key, size: fc.integer({ min: 0, max: 120 }) }),
      fc.record({ get: key }),
      fc.record({ delete: key }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const recent = new RecentBytes(100);
        for (const one of steps) {
          if ('put' in one) recent.put(one.put, new Uint8Array(one.size));
          else if ('get' in one) recent.get(one.get);
          else recent.delete(one.delete);
          const held = ['a', 'b', 'c', 'd'].reduce(
            (sum, name) => sum + (recent.get(name)?.byteLength ?? 0),
            0,
          );
          expect(recent.bytes).toBe(held);
          expect(held).toBeLessThanOrEqual(100);
        }
      }),
    );
  });
});
