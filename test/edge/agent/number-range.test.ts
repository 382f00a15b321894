import fc from 'fast-check';
import { numberRange } from '../../../edge/agent/number-range';

const matches = (from: number, to: number, number: number) =>
  new RegExp(`^${numberRange(from, to)}$`).test(number.toString());

describe('numberRange', () => {
  it.each([
    [0, 0, '(?:0)'],
    [7, 7, '(?:7)'],
    [0, 9, '(?:\\d)'],
    [8, 123, '(?:[89]|[1-9]\\d|1[01]\\d|12[0-3])'],
    [100, 199, '(?:1\\d{2})'],
    [0, Number.MAX_SAFE_INTEGER, undefined],
  ])('%d to %d', (from, to, expected) => {
    const text = numberRange(from, to);
    expect(expected ?? text).toBe(text);
    for (const inside of [from, to, Math.floor((from + to) / 2)])
      expect([inside, matches(from, to, inside)]).toEqual([inside, true]);
  });

  it('has every number of a small range, and no other', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1200 }), fc.nat({ max: 1200 }), (from, length) => {
        const expression = new RegExp(`^${numberRange(from, from + length)}$`);
        for (let number = 0; number <= 3000; number += 1)
          if (expression.test(number.toString()) !== (number >= from && number <= from + length))
            throw new Error(`${from}-${from + length}: ${number}`);
      }),
      { numRuns: 300 },
    );
  });

  it('has the bounds of a large one, and not their neighbours', () => {
    const any = fc.maxSafeNat();
    fc.assert(
      fc.property(any, any, any, (left, right, other) => {
        const [from, to] = left < right ? [left, right] : [right, left];
        const expression = new RegExp(`^${numberRange(from, to)}$`);
        const numbers = [from - 1, from, from + 1, to - 1, to, to + 1, other].filter(
          (number) => number >= 0 && Number.isSafeInteger(number),
        );
        const inside = numbers.filter((number) => number >= from && number <= to);
        expect(numbers.filter((number) => expression.test(number.toString()))).toEqual(inside);
        expect(expression.source.length).toBeLessThan(600);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    [-1, 2],
    [3, 2],
    [0.5, 2],
    [0, 2 ** 53],
  ])('%d to %d: refused', (from, to) => expect(() => numberRange(from, to)).toThrow(RangeError));
});
