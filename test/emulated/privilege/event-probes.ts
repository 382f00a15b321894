import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import deployment from '../../../headwater.config';
import type { Candidate } from '../../../origin/candidate';
import { defect } from '../../../origin/media/defect';
import { fromItem, toItem } from '../../../stores/aws/candidate-item';
import { dynamoDbClient } from '../../../stores/aws/clients';
import {
  CANDIDATE_ATTRIBUTES,
  candidateKey,
  CHANGE,
  ENTRY_SORT_PREFIX,
  eventPartition,
  PARTITION_KEY,
  SORT_KEY,
} from '../../../stores/aws/schema';
import { nodeDigester } from '../../../stores/node-digester';
import { sampleCandidate } from '../../support/samples';
import { invoke } from '../aws-calls';
import { deployed, type DeployedRegion } from '../deployed';
import { freshNumber, type LiveEventUnderTest, SEGMENT_MS } from '../live-event';
import { freshEvent, type Probe } from './http-probes';

/** Probes of functions that no client calls: they are invoked with the event that AWS would hand them. */

const [home, away] = deployed().regions as [DeployedRegion, DeployedRegion];
const TABLE = `${deployment.name}-candidates`;

function candidateOf(event: LiveEventUnderTest, parts: Partial<Candidate>): Candidate {
  const sample = sampleCandidate({
    ...{ tenant: 'acme', event: event.name, representation: 'v360', region: home.region },
    ...{ publishedAtMs: Date.now(), expiresAtMs: Date.now() + 600_000 },
    ...parts,
  });
  const digest = nodeDigester.sha256Hex(`${sample.pipeline}/${sample.number}`);
  const inspection = sample.inspection && { ...sample.inspection, mediaDigest: digest };
  return { ...sample, digest, ...(inspection && { inspection }) };
}

/** Into the table of its region as reviewed, which the stream's filter keeps from the deployed processor. */
async function write(...candidates: readonly Candidate[]): Promise<void> {
  const reviewed = { [CANDIDATE_ATTRIBUTES.change]: { S: CHANGE.review } };
  for (const { region } of [home, away]) {
    const client = dynamoDbClient(region);
    for (const candidate of candidates)
      if (candidate.region === region)
        await client.send(
          new PutItemCommand({ TableName: TABLE, Item: { ...toItem(candidate), ...reviewed } }),
        );
    client.destroy();
  }
}

async function stored(candidate: Candidate): Promise<Candidate | undefined> {
  const client = dynamoDbClient(candidate.region);
  const { Item } = await client.send(new GetItemCommand({ TableName: TABLE, Key: candidateKey(candidate) }));
  client.destroy();
  return Item === undefined ? undefined : fromItem(Item);
}

/** Hands a publication to the stream processor. True: it asks for no retry. */
async function reviews(processor: string, candidate: Candidate): Promise<boolean> {
  const record = { SequenceNumber: '1', Keys: candidateKey(candidate), NewImage: toItem(candidate) };
  const answer = await invoke(home.region, processor, {
    Records: [{ eventID: randomUUID(), eventName: 'INSERT', eventSource: 'aws:dynamodb', dynamodb: record }],
  });
  return (answer as { batchItemFailures: readonly unknown[] }).batchItemFailures.length === 0;
}

async function flagsFrozenPictures(processor: string): Promise<boolean> {
  const event = await freshEvent();
  const number = freshNumber();
  const before = candidateOf(event, { number: number - 1 });
  const { inspection } = before;
  const frozen = { ...candidateOf(event, { number }), ...(inspection && { inspection }) };
  await write(before, frozen, candidateOf(event, { number, pipeline: 'b' }));
  return (
    (await reviews(processor, frozen)) &&
    (await stored(frozen))?.defects.some(({ name }) => name === 'repeated') === true
  );
}

/** Faults that are enough to call a pipeline degraded. */
const FAULTS = 8;

/**
 * An event whose pipeline `a` is well and whose pipeline `b` is degraded, which the other region's table shows: this one
 * has only the newest copy.
 */
async function degradedEvent(): Promise<{ readonly event: LiveEventUnderTest; readonly newest: Candidate }> {
  const event = await freshEvent({ automaticMasks: true });
  const last = Math.floor(Date.now() / SEGMENT_MS) - 2 * FAULTS;
  const numbers = Array.from({ length: FAULTS }, (_, at) => last - at);
  const faulty = { pipeline: 'b', defects: [defect('discontinuity')] };
  const newest = candidateOf(event, { number: last, ...faulty });
  await write(newest, ...numbers.map((number) => candidateOf(event, { number })));
  await write(...numbers.map((number) => candidateOf(event, { number, ...faulty, region: away.region })));
  return { event, newest };
}

/** From the table: the control plane may answer by what it knew of the event a second ago. */
async function isMasked({ name: event }: LiveEventUnderTest): Promise<boolean> {
  const client = dynamoDbClient(home.region);
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: `${deployment.name}-events`,
      ConsistentRead: true,
      KeyConditionExpression: '#pk = :pk',
      ExpressionAttributeNames: { '#pk': PARTITION_KEY },
      ExpressionAttributeValues: { ':pk': { S: eventPartition({ tenant: 'acme', event }) } },
    }),
  );
  client.destroy();
  return Items.some((item) => item[SORT_KEY]?.S?.startsWith(`${ENTRY_SORT_PREFIX}automatic-`));
}

async function masksWhatIsDegraded(processor: string): Promise<boolean> {
  const { event, newest } = await degradedEvent();
  return (await reviews(processor, newest)) && (await isMasked(event));
}

export function streamProcessorProbes(processor: string): readonly Probe[] {
  return [() => flagsFrozenPictures(processor), () => masksWhatIsDegraded(processor)];
}

export function sweepProbes(sweep: string): readonly Probe[] {
  return [
    async () => {
      const { event } = await degradedEvent();
      await invoke(home.region, sweep, { time: new Date().toISOString() });
      return isMasked(event);
    },
  ];
}

/** A generation is made once, so every probe raises it to one that was never there. */
let generation = 1;

/** Asks for the digests of a secret as CloudFormation does. */
async function digests(name: string, SecretId: string, change: object): Promise<boolean> {
  generation += 1;
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    void request.setEncoding('utf8').on('data', (text: string) => bodies.push(text));
    request.on('end', () => response.end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    await invoke(home.region, name, {
      ...{ StackId: 'probe', LogicalResourceId: 'probe', RequestId: randomUUID() },
      ResponseURL: `http://127.0.0.1:${port}/`,
      ResourceProperties: { SecretId, Generation: generation.toString() },
      ...change,
    });
  } finally {
    server.close();
  }
  return (JSON.parse(bodies.join('')) as { Status: string }).Status === 'SUCCESS';
}

export function digestProbes(name: string, secretArn: string): readonly Probe[] {
  return [
    () => digests(name, secretArn, { RequestType: 'Create' }),
    () =>
      digests(name, secretArn, {
        RequestType: 'Update',
        OldResourceProperties: { SecretId: secretArn, Generation: '1' },
      }),
  ];
}
