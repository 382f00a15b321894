import { SharedRead } from '../../../origin/serve/shared-read';

const OBJECT = Uint8Array.from({ length: 100 }, (_, index) => index);

/** A source of pieces of 30 bytes that comes on when it is told to. */
function sharedObject(size = OBJECT.length) {
  let go: () => void = () => undefined;
  const going = new Promise<void>((resolve) => (go = resolve));
  const told: { whole?: Uint8Array | undefined; ends: number; used: boolean[] } = { ends: 0, used: [] };
  async function* source() {
    yield OBJECT.subarray(0, 30);
    await going;
    for (let at = 30; at < OBJECT.length; at += 30) yield OBJECT.subarray(at, at + 30);
  }
  const read = new SharedRead(source(), {
    size,
    onEnd: (whole) => {
      told.ends += 1;
      told.whole = whole;
    },
    onUse: (isUsed) => void told.used.push(isUsed),
  });
  return { read, go, told };
}

async function collected(parts: AsyncIterable<Uint8Array>): Promise<number[]> {
  const bytes: number[] = [];
  for await (const part of parts) bytes.push(...part);
  return bytes;
}

it('every reader has the object from its beginning, or its part, whenever they come', async () => {
  const { read, go, told } = sharedObject();
  const early = collected(read.part(0, 100));
  const part = collected(read.part(25, 65));
  go();
  expect(await early).toEqual([...OBJECT]);
  expect(await part).toEqual([...OBJECT.subarray(25, 65)]);
  expect(await collected(read.part(0, 100))).toEqual([...OBJECT]);
  expect(told.whole).toEqual(OBJECT);
  expect(told.ends).toBe(1);
});

it('a reader that stops, or is slow, delays nobody', async () => {
  const { read, go } = sharedObject();
  const slow = read.part(0, 100)[Symbol.asyncIterator]();
  await slow.next();
  const stopped = read.part(0, 100)[Symbol.asyncIterator]();
  await stopped.next();
  await stopped.return(undefined);
  go();
  expect(await collected(read.part(0, 100))).toHaveLength(100);
  expect((await slow.next()).value).toEqual(OBJECT.subarray(30, 60));
});

it('the object is in use until the source and the last reader have ended', async () => {
  const { read, go, told } = sharedObject();
  const reader = read.part(0, 100)[Symbol.asyncIterator]();
  await reader.next();
  go();
  await collected(read.part(0, 100));
  expect(told.used).toEqual([true]);
  await reader.return(undefined);
  expect(told.used).toEqual([true, false]);
  await collected(read.part(0, 10));
  expect(told.used).toEqual([true, false, true, false]);
});

it.each([99, 101])(
  'a source that brings 100 bytes of %i has failed, and its object is not kept',
  async (size) => {
    const { read, go, told } = sharedObject(size);
    go();
    await expect(collected(read.part(0, size))).rejects.toThrow(`object: wanted ${size} bytes`);
    expect(told).toMatchObject({ ends: 1, used: [true, false] });
    expect(told.whole).toBeUndefined();
  },
);
