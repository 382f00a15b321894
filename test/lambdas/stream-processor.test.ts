import type { DynamoDBRecord } from 'aws-lambda';
import { streamProcessorHandler } from '../../lambdas/stream-processor/handler';
import { cutFrames } from '../../demo/damage';
import { restamp } from '../../demo/restamp';
import type { Origin } from '../../origin/origin';
import { defectAttributes, toItem, type Item } from '../../stores/aws/candidate-item';
import { CANDIDATE_ATTRIBUTES, CHANGE } from '../../stores/aws/schema';
import { asset, deploy, EDGE, KEY, publish } from '../support/deployment';
import { counted } from './events';

const VIDEO = { ...KEY, representation: 'v360', number: EDGE };

function record(image: Item | undefined, sequenceNumber = '1'): DynamoDBRecord {
  return {
    eventID: sequenceNumber,
    dynamodb: {
      SequenceNumber: sequenceNumber,
      ...(image && { NewImage: image as NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']> }),
    },
  };
}

/** Two pipelines, of which `a` sent the pictures of the number before; and what the stream tells of it. */
async function frozen() {
  const { origin } = await deploy();
  await publish(origin, { number: EDGE - 1 });
  const still = { sequenceNumber: EDGE, baseMediaDecodeTime: BigInt(EDGE) * 25_600n };
  await publish(origin, { bytes: restamp(asset.segment('v360', EDGE - 1), still) });
  await publish(origin, { pipeline: 'b' });
  const [candidate] = await origin.local.candidates.ofSegment(VIDEO);
  return { origin, item: toItem(candidate!) };
}

const flagsOf = async ({ local }: Origin) =>
  (await local.candidates.ofSegment(VIDEO)).map(({ defects }) => defects.map(({ name }) => name));

it('reviews what was published, and counts what it finds for the pipeline', async () => {
  const { origin, item } = await frozen();
  const { telemetry, counts } = counted();
  const answer = await streamProcessorHandler(origin, telemetry)({ Records: [record(item)] });
  expect(answer).toEqual({ batchItemFailures: [] });
  expect(await flagsOf(origin)).toEqual([['repeated'], []]);
  expect(counts).toEqual([['Flagged', { ...KEY, pipeline: 'a' }]]);
});

it.each<[string, (item: Item) => Item | undefined]>([
  [
    'its own flags',
    (item) => ({ ...item, [CANDIDATE_ATTRIBUTES.change]: { S: CHANGE.review }, ...defectAttributes([]) }),
  ],
  ['a removal', () => undefined],
])('is not fed by %s, even without the filter', async (_, change) => {
  const { origin, item } = await frozen();
  const { telemetry, counts } = counted();
  await streamProcessorHandler(origin, telemetry)({ Records: [record(change(item))] });
  expect([await flagsOf(origin), counts]).toEqual([[[], []], []]);
});

describe('a poison record', () => {
  it.each<[string, Item]>([
    ['of nothing', {}],
    ['that is no JSON', { candidate: { S: '{' }, defects: { S: '[]' } }],
    ['of another form', { candidate: { S: 'null' }, defects: { S: '[]' } }],
  ])(
    '%s is counted and passed over: the records beside it are reviewed, and it is not tried again',
    async (_, poison) => {
      const { origin, item } = await frozen();
      const { telemetry, counts } = counted();
      const records = [record(poison, '1'), record(item, '2'), record(poison, '3')];
      const answer = await streamProcessorHandler(origin, telemetry)({ Records: records });
      expect(answer).toEqual({ batchItemFailures: [] });
      expect(await flagsOf(origin)).toEqual([['repeated'], []]);
      expect(counts.map(([name]) => name).sort()).toEqual(['Flagged', 'Unreadable', 'Unreadable']);
    },
  );

  it('whose review fails is named alone, to be tried again', async () => {
    const { origin, item } = await frozen();
    const { candidates } = origin.local;
    const gone = { ...candidates, ofRange: () => Promise.reject(new Error('table gone')) };
    const elsewhere = await deploy();
    await publish(elsewhere.origin, { bytes: cutFrames(asset.segment('v360', EDGE), 1) });
    const handler = streamProcessorHandler(
      { ...origin, local: { ...origin.local, candidates: gone } },
      counted().telemetry,
    );
    const answer = await handler({ Records: [record({}, '1'), record(item, '2')] });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
  });
});

it('the same record again changes and counts nothing', async () => {
  const { origin, item } = await frozen();
  const { telemetry, counts } = counted();
  const handler = streamProcessorHandler(origin, telemetry);
  await handler({ Records: [record(item)] });
  await handler({ Records: [record(item)] });
  expect(counts).toHaveLength(1);
});
