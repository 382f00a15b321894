import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Candidate } from '../../origin/candidate';
import { severityOf, type Defect } from '../../origin/media/defect';
import {
  decodeCandidate,
  decodeDefects,
  encodeCandidate,
  encodeDefects,
  type EncodedCandidate,
  type EncodedDefect,
} from '../candidate-codec';
import { CANDIDATE_ATTRIBUTES as NAME, candidateKey, CHANGE, TTL_ATTRIBUTE } from './schema';

export type Item = Record<string, AttributeValue>;

/** A candidate as an item of the candidate table. */
export function toItem(candidate: Candidate): Item {
  return {
    ...candidateKey(candidate),
    [NAME.candidate]: { S: JSON.stringify(encodeCandidate({ ...candidate, defects: [] })) },
    [NAME.digest]: { S: candidate.digest },
    [NAME.expiresAtMs]: { N: candidate.expiresAtMs.toString() },
    [TTL_ATTRIBUTE]: { N: Math.ceil(candidate.expiresAtMs / 1000).toString() },
    ...defectAttributes(candidate.defects),
    [NAME.change]: { S: CHANGE.publication },
  };
}

/** What a flag replaces: defects, and the severity that later writes are compared with. */
export function defectAttributes(defects: readonly Defect[]) {
  return {
    [NAME.defects]: { S: JSON.stringify(encodeDefects(defects)) },
    [NAME.severity]: { N: severityOf(defects).toString() },
  };
}

/**
 * The candidate of an item, from a read or from a stream record.
 * @throws Error when it is not one of ours; the message names the attribute.
 */
export function fromItem(item: Item): Candidate {
  const encoded = JSON.parse(text(item, NAME.candidate)) as EncodedCandidate;
  const defects = JSON.parse(text(item, NAME.defects)) as EncodedDefect[];
  return { ...decodeCandidate(encoded), defects: decodeDefects(defects) };
}

/** A string attribute; an item without it was not written by us. */
export function text(item: Item, name: string): string {
  const value = item[name]?.S;
  if (value === undefined)
    throw new Error(`attribute ${name}: wanted a string, got ${JSON.stringify(item[name])}`);
  return value;
}

/** A number attribute; an item without it was not written by us. */
export function whole(item: Item, name: string): number {
  const value = Number(item[name]?.N);
  if (!Number.isSafeInteger(value))
    throw new Error(`attribute ${name}: wanted a whole number, got ${JSON.stringify(item[name])}`);
  return value;
}
