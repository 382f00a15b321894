import { harmless, tableLines, type Paint } from './terminal';

type Defect = { readonly name: string } & Readonly<Record<string, string | number>>;

interface Replica {
  readonly region: string;
  readonly size: number;
  readonly publishedAtMs: number;
  readonly inspection?: Readonly<Record<string, unknown>>;
}

interface Copy {
  readonly pipeline: string;
  readonly digest: string;
  readonly defects: readonly Defect[];
  readonly replicas: readonly Replica[];
  /** Absent of the chosen one. */
  readonly why?: string;
}

/** What `explain` answers (docs/openapi.yaml), as far as it is told here. */
export interface Explanation {
  readonly text: string;
  readonly dueMs?: number;
  readonly rule?: string;
  readonly configuration: { readonly revision: number; readonly version: number };
  readonly decision?: {
    readonly chosen: Copy | null;
    readonly passedOver: readonly Copy[];
    readonly order: readonly string[];
    readonly masks: readonly { readonly id: string; readonly pipeline: string; readonly reason?: string }[];
    readonly whenAllDefective: string;
  };
  readonly versions?: readonly InitVersion[];
  readonly refused?: readonly InitVersion[];
}

interface InitVersion {
  readonly version?: number;
  readonly fromSegment?: number;
  readonly at: string;
  readonly by: string;
  readonly pipeline: string;
  readonly identity: string;
  readonly codec?: string;
}

/** Members of an inspection that people go by; the others are in the JSON. */
const INSPECTED = ['baseMediaDecodeTime', 'durationTicks', 'sampleCount'] as const;
const DIGEST_LENGTH = 12;

/** A decision as text: the sentence, each copy with its numbers and why it was passed over, the rules. */
export function explainLines(explanation: Explanation, paint: Paint): string[] {
  const { decision, dueMs, rule, configuration } = explanation;
  const { revision, version } = configuration;
  return [
    paint('bold', harmless(explanation.text)),
    ...(decision === undefined ? [] : ['', ...copyLines(decision, dueMs ?? 0, paint)]),
    ...(decision === undefined ? [] : ['', ...ruleLines(decision, rule)]),
    ...initLines(explanation),
    ...(dueMs === undefined ? [] : [`due            ${new Date(dueMs).toISOString()}`]),
    `configuration  revision ${revision}, cache version ${version}`,
  ];
}

function copyLines(
  { chosen, passedOver }: NonNullable<Explanation['decision']>,
  dueMs: number,
  paint: Paint,
) {
  const copies = [...(chosen === null ? [] : [{ ...chosen, why: 'SERVED' }]), ...passedOver];
  if (copies.length === 0) return ['No pipeline has published it in any region.'];
  const rows = copies.flatMap((copy) =>
    copy.replicas.map((replica) => [
      ...[copy.pipeline, copy.why ?? '', replica.region],
      copy.defects.map(defectText).join(', ') || 'clean',
      `${replica.size}`,
      signedSeconds(replica.publishedAtMs - dueMs),
      ...INSPECTED.map((member) => inspected(replica, member)),
      copy.digest.slice(0, DIGEST_LENGTH),
    ]),
  );
  const head = ['pipeline', 'why', 'region', 'defects', 'bytes', 'due', 'tfdt', 'ticks', 'samples', 'digest'];
  return tableLines(head, rows, (line, row) => (rows[row]?.[1] === 'SERVED' ? paint('green', line) : line));
}

function inspected({ inspection = {} }: Replica, member: (typeof INSPECTED)[number]): string {
  const value = inspection[member];
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : '';
}

/** @example `short (missing 11)` */
function defectText({ name, ...measures }: Defect): string {
  const told = Object.entries(measures).map(([measure, value]) => `${measure} ${value}`);
  return told.length === 0 ? name : `${name} (${told.join(', ')})`;
}

function signedSeconds(ms: number): string {
  return `${ms < 0 ? '-' : '+'}${(Math.abs(ms) / 1000).toFixed(2)} s`;
}

function ruleLines(
  { order, masks, whenAllDefective }: NonNullable<Explanation['decision']>,
  rule = '',
): string[] {
  return [
    `rule           ${rule}`,
    `order          ${order.join(', ')}; when all are defective: ${whenAllDefective}`,
    ...masks.map(({ id, pipeline, reason = '' }) =>
      harmless(`mask           ${pipeline} by ${id}${reason === '' ? '' : ` "${reason}"`}`),
    ),
  ];
}

function initLines({ versions = [], refused = [] }: Explanation): string[] {
  if (versions.length + refused.length === 0) return [];
  const rows = [...versions, ...refused].map(
    ({ version, fromSegment, pipeline, codec = '', identity, at }) => [
      version === undefined ? 'refused' : `${version}`,
      fromSegment?.toString() ?? '',
      ...[pipeline, codec, identity.slice(0, DIGEST_LENGTH), at],
    ],
  );
  return ['', ...tableLines(['version', 'from', 'pipeline', 'codec', 'identity', 'at'], rows), ''];
}
