import fc from 'fast-check';
import {
  decodeHead,
  decodePiece,
  encodeEvent,
  keysOf,
  type KeptConfiguration,
  VALUE_BYTES_MAX,
} from '../../../edge/cloudfront/key-values';
import { edgeConfigurationOf } from '../../../origin/events/edge-configuration';
import { nodeDigester } from '../../../stores/node-digester';
import { liveEvent, TWO_SECONDS } from '../../support/live-event';

const tagOf = (text: string) => nodeDigester.sha256Hex(text);
const NAME = 'acme/final';

/** What a function knows after it has read all of an event's keys. */
function decoded(configuration: KeptConfiguration): KeptConfiguration {
  const pairs = new Map(encodeEvent(configuration, tagOf).map(({ key, value }) => [key, value]));
  const head = decodeHead(NAME, pairs.get(`e/${NAME}`)!)!;
  const pieces = Array.from({ length: head.pieces }, (_, index) => pairs.get(`r/${NAME}/${index + 1}`)!);
  const notices = pairs.get(`n/${NAME}`);
  expect(keysOf(NAME, head)).toEqual([...pairs.keys()]);
  return {
    ...head.configuration,
    representations: [
      ...head.configuration.representations,
      ...pieces.flatMap((piece) => decodePiece(piece, head.tag)!),
    ],
    ...(notices !== undefined && { notices }),
  };
}

const kept = (configuration: Parameters<typeof liveEvent>[0], notices?: string): KeptConfiguration => {
  const { tenant, event, version, schedule, representations, passthrough } = edgeConfigurationOf(
    liveEvent(configuration),
  );
  return {
    ...{ tenant, event, version, schedule, representations, passthrough },
    ...(notices !== undefined && { notices }),
  };
};

const anyId = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);
const anyTemplate = (counter: string) =>
  fc
    .array(fc.stringMatching(/^[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,20}$/), { minLength: 1, maxLength: 3 })
    .map((parts) => `$RepresentationID$/${parts.join('/')}${counter}.x`);

const anyConfiguration = fc
  .record({
    ids: fc.uniqueArray(anyId, { minLength: 1, maxLength: 64 }),
    initialization: anyTemplate(''),
    media: anyTemplate('$Number%05d$'),
    own: fc.option(anyTemplate('$Number$')),
    final: fc.option(fc.integer({ min: 900_000_000, max: Number.MAX_SAFE_INTEGER })),
    notices: fc.option(fc.stringMatching(/^[ -~]{1,512}$/)),
    passthrough: fc.boolean(),
  })
  .map(({ ids, initialization, media, own, final, notices, passthrough }) =>
    kept(
      {
        segmentTemplate: { ...TWO_SECONDS, initialization, media },
        initialSegmentNumber: 895_000_000,
        finalSegmentNumber: final,
        passthrough: passthrough ? ['thumbs/*.jpg'] : [],
        representations: ids.map((id, index) => ({
          id,
          contentType: 'video',
          ...(own !== null && index % 3 === 0 && { media: own }),
        })),
      },
      notices ?? undefined,
    ),
  );

describe('an event in the KeyValueStore', () => {
  it('is read as it was written, in values below 1 KB and one atomic update', () => {
    fc.assert(
      fc.property(anyConfiguration, (configuration) => {
        const pairs = encodeEvent(configuration, tagOf);
        expect(Math.max(...pairs.map(({ value }) => Buffer.byteLength(value)))).toBeLessThanOrEqual(
          VALUE_BYTES_MAX,
        );
        expect(pairs.length).toBeLessThanOrEqual(50);
        expect(decoded(configuration)).toEqual(configuration);
      }),
    );
  });

  it.each([
    ['a usual ladder of 12', 12, '', 1],
    ['64 representations with the names of the template', 64, '', 1],
    ['64 representations with long ids', 64, 'x'.repeat(60), 5],
  ])('%s: %i in %s, %i values', (_, count, padding, values) => {
    const representations = Array.from({ length: count }, (__, index) => ({
      id: `v${index.toString()}${padding}`.slice(0, 64),
      contentType: 'video',
    }));
    const pairs = encodeEvent(kept({ initialSegmentNumber: 895_000_000, representations }), tagOf);
    expect(pairs).toHaveLength(values);
  });

  it('fits with 64 representations that each have the longest templates of their own', () => {
    const filler = (letter: string) => letter.repeat(150);
    const configuration = kept({
      initialSegmentNumber: 895_000_000,
      representations: Array.from({ length: 64 }, (_, index) => ({
        id: `r${index.toString().padStart(63, '0')}`,
        contentType: 'video',
        initialization: `${index}-$RepresentationID$/${filler('i')}`,
        media: `${index}-$RepresentationID$/${filler('m')}-$Number$`,
      })),
    });
    const pairs = encodeEvent(configuration, tagOf);
    expect(pairs.length).toBeLessThanOrEqual(50);
    expect(decoded(configuration)).toEqual(configuration);
  });

  it('is not decided by halves: a piece of another version of it is refused', () => {
    const long = Array.from({ length: 64 }, (_, index) => ({
      id: `v${index}-${'x'.repeat(50)}`,
      contentType: 'video',
    }));
    const before = encodeEvent(kept({ initialSegmentNumber: 1, representations: long }), tagOf);
    const after = encodeEvent(kept({ initialSegmentNumber: 2, representations: long }), tagOf);
    const head = decodeHead(NAME, after[0]!.value)!;
    expect(decodePiece(before[1]!.value, head.tag)).toBeUndefined();
    expect(decodePiece(after[1]!.value, head.tag)).not.toBeUndefined();
  });

  it.each(['', '2;x', 'nonsense', '1;only;three'])('of another format is not known: %j', (value) => {
    expect(decodeHead(NAME, value)).toBeUndefined();
  });
});
