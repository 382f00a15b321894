import fc from 'fast-check';
import type { Candidate } from '../../origin/candidate';
import { DEFECT_CLASS_OF, type DefectName } from '../../origin/media/defect';
import { decodeCandidate, encodeCandidate, type EncodedCandidate } from '../../stores/candidate-codec';
import { sampleCandidate } from '../support/samples';

const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);
const ticks = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const ms = fc.maxSafeNat();
const present = fc.constant(true as const);

const inspection = fc.record(
  {
    ...{ trackId: fc.nat(), timescale: fc.nat(), sampleCount: fc.nat(), fragmentCount: fc.nat() },
    ...{ baseMediaDecodeTime: ticks, durationTicks: ticks, startsWithSync: fc.boolean() },
    ...{ sequenceNumber: fc.nat(), mediaDigest: hex, encodedAtMs: ms, filler: present, last: present },
  },
  {
    noNullPrototype: true,
    requiredKeys: [
      ...(['trackId', 'timescale', 'sampleCount', 'fragmentCount', 'sequenceNumber'] as const),
      ...(['baseMediaDecodeTime', 'durationTicks', 'startsWithSync'] as const),
    ],
  },
);
const found = fc.record(
  {
    name: fc.constantFrom(...(Object.keys(DEFECT_CLASS_OF) as DefectName[])),
    measures: fc.dictionary(
      fc.constantFrom('missing', 'ticks', 'from'),
      fc.oneof(fc.integer(), fc.string()),
      {
        noNullPrototype: true,
      },
    ),
  },
  { noNullPrototype: true },
);
const candidate = fc.record(
  {
    ...{ tenant: name, event: name, representation: name, pipeline: name, region: name, digest: hex },
    ...{ number: fc.maxSafeNat(), size: fc.nat(), publishedAtMs: ms, expiresAtMs: ms },
    ...{ inspection, defects: fc.array(found, { maxLength: 8 }) },
  },
  {
    noNullPrototype: true,
    requiredKeys: [
      ...(['tenant', 'event', 'representation', 'pipeline', 'region', 'digest', 'number', 'size'] as const),
      ...(['publishedAtMs', 'expiresAtMs', 'defects'] as const),
    ],
  },
) as fc.Arbitrary<Candidate>;

it('loses nothing of any candidate on its way through JSON', () => {
  fc.assert(
    fc.property(candidate, (original) => {
      const stored = JSON.stringify(encodeCandidate(original));
      expect(decodeCandidate(JSON.parse(stored) as EncodedCandidate)).toStrictEqual(original);
    }),
  );
});

it('keeps a candidate with ordinary names and three defects under half a kilobyte', () => {
  const stored = encodeCandidate(
    sampleCandidate({
      defects: [
        { name: 'short', measures: { missing: 11 } },
        { name: 'discontinuity', measures: { ticks: -960 } },
        { name: 'encoder-delay', measures: {} },
      ],
    }),
  );
  expect(JSON.stringify(stored).length).toBeLessThan(640);
});
