import {
  ConditionalCheckFailedException,
  paginateQuery,
  PutItemCommand,
  UpdateItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { Candidate, RepresentationKey, SegmentRef } from '../../origin/candidate';
import { FATAL_SEVERITY, severityOf, type Defect } from '../../origin/media/defect';
import type { CandidateStore } from '../../origin/ports/candidate-store';
import type { Clock } from '../../origin/ports/clock';
import { defectAttributes, fromItem, toItem, type Item } from './candidate-item';
import {
  blockOf,
  CANDIDATE_ATTRIBUTES as NAME,
  candidateKey,
  candidatePartition,
  candidateSortPrefix,
  CHANGE,
  PARTITION_KEY,
  SORT_KEY,
} from './schema';

/**
 * DynamoDB cannot wake a waiting reader. It sleeps until shortly before the change is expected, then looks this often:
 * 31 ms later than a reader who is woken on average, for 5 to 10 reads.
 */
const POLL_MS = 50;
const POLL_BEFORE_MS = 150;

/** Sorts after every character of a pipeline's name. */
const AFTER_NAMES = '~';

/** Candidates of one region in DynamoDB. `client` is of that region. */
export function dynamoDbCandidates(client: DynamoDBClient, table: string, clock: Clock): CandidateStore {
  const notExpired = ({ expiresAtMs }: Candidate) => expiresAtMs > clock.nowMs();

  const query = async (partition: string, from: string, to: string): Promise<readonly Candidate[]> => {
    const pages = paginateQuery(
      { client },
      {
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#pk': PARTITION_KEY, '#sk': SORT_KEY },
        ExpressionAttributeValues: { ':pk': { S: partition }, ':from': { S: from }, ':to': { S: to } },
      },
    );
    const found: Candidate[] = [];
    for await (const { Items = [] } of pages) found.push(...Items.map(fromItem).filter(notExpired));
    return found;
  };

  const range = (key: RepresentationKey, block: number, from: number, to: number) =>
    query(candidatePartition(key, block), candidateSortPrefix(from), candidateSortPrefix(to) + AFTER_NAMES);

  return {
    ofSegment: (segment) => range(segment, blockOf(segment.number), segment.number, segment.number),

    async ofRange(representation, from, to) {
      const blocks: Promise<readonly Candidate[]>[] = [];
      for (let block = blockOf(from); block <= blockOf(to); block += 1)
        blocks.push(range(representation, block, from, to));
      return (await Promise.all(blocks)).flat();
    },

    async record(candidate) {
      const held = await unlessConditionFails(() =>
        client.send(recordCommand(table, candidate, clock.nowMs())),
      );
      return held === 'passed' || held === undefined
        ? { kind: 'recorded' }
        : { kind: 'kept', held: fromItem(held) };
    },

    async flag(ref, defects) {
      const held = await unlessConditionFails(() =>
        client.send(flagCommand(table, ref, defects, clock.nowMs())),
      );
      if (held === 'passed') return 'flagged';
      if (held === undefined) return 'stale';
      const candidate = fromItem(held);
      return candidate.digest === ref.digest && notExpired(candidate) ? 'unchanged' : 'stale';
    },

    awaitChange(_segment, untilMs, cancel, expectedMs = 0) {
      const nextMs = Math.max(clock.nowMs() + POLL_MS, expectedMs - POLL_BEFORE_MS);
      return clock.sleepUntil(Math.min(untilMs, nextMs), cancel);
    },
  };
}

/**
 * Absent, expired or more severe: only then does another candidate take the place; the same bytes again only where
 * they were fatal.
 */
const GIVES_WAY =
  'attribute_not_exists(#pk) OR #expires <= :now OR ' +
  '(#severity > :severity AND (#digest <> :digest OR #severity >= :fatal))';

function recordCommand(table: string, candidate: Candidate, nowMs: number): PutItemCommand {
  return new PutItemCommand({
    TableName: table,
    Item: toItem(candidate),
    ConditionExpression: GIVES_WAY,
    ExpressionAttributeNames: {
      '#pk': PARTITION_KEY,
      '#severity': NAME.severity,
      '#expires': NAME.expiresAtMs,
      '#digest': NAME.digest,
    },
    ExpressionAttributeValues: {
      ':digest': { S: candidate.digest },
      ':fatal': { N: FATAL_SEVERITY.toString() },
      ':severity': { N: severityOf(candidate.defects).toString() },
      ':now': { N: nowMs.toString() },
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
}

function flagCommand(table: string, ref: SegmentRef, defects: readonly Defect[], nowMs: number) {
  const attributes = defectAttributes(defects);
  return new UpdateItemCommand({
    TableName: table,
    Key: candidateKey(ref),
    UpdateExpression: 'SET #defects = :defects, #severity = :severity, #change = :review',
    ConditionExpression: '#digest = :digest AND #defects <> :defects AND #expires > :now',
    ExpressionAttributeNames: {
      '#digest': NAME.digest,
      '#defects': NAME.defects,
      '#severity': NAME.severity,
      '#change': NAME.change,
      '#expires': NAME.expiresAtMs,
    },
    ExpressionAttributeValues: {
      ':digest': { S: ref.digest },
      ':defects': attributes[NAME.defects],
      ':severity': attributes[NAME.severity],
      ':review': { S: CHANGE.review },
      ':now': { N: nowMs.toString() },
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
}

/** `'passed'`, or the item that made the condition fail (undefined when there was none). */
async function unlessConditionFails(write: () => Promise<unknown>): Promise<Item | undefined | 'passed'> {
  try {
    await write();
    return 'passed';
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return error.Item;
    throw error;
  }
}
