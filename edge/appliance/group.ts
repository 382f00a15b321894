import * as v from 'valibot';
import { NAME_PATTERN } from '../../origin/events/name-pattern';

/** Regions, nodes and rules of one group: more is a mistake. */
const REGIONS_MAX = 8;
const NODES_MAX = 64;
const RULES_MAX = 64;

const name = v.pipe(v.string(), v.regex(NAME_PATTERN, 'wanted letters, digits, _ and -, 64 at most'));

const url = v.pipe(
  v.string(),
  v.regex(/^https?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?\/?$/, 'wanted http(s)://host[:port] without a path'),
);

/** Which nodes fetch a representation from the regions; the others fetch it from them. */
const fillRule = v.strictObject({
  /** `tenant/event`; every one when left out. */
  event: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}\/[A-Za-z0-9_-]{1,64}$/, 'wanted tenant/event')),
  ),
  /** Folder of the representation's template below the event, mostly its id; every one when left out. */
  folder: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9._~/-]{1,128}$/, 'wanted a folder below the event')),
  ),
  nodes: v.pipe(v.array(name), v.minLength(1), v.maxLength(NODES_MAX)),
});

const group = v.strictObject({
  /** The nearest first. */
  regions: v.pipe(v.array(v.strictObject({ name, url })), v.minLength(1), v.maxLength(REGIONS_MAX)),
  /** File of the authorities that vouch for regions behind TLS; Debian's own list unless a private one does. */
  trustedCertificates: v.optional(
    v.pipe(v.string(), v.regex(/^\/[A-Za-z0-9._/-]{1,255}$/, 'wanted an absolute path')),
    '/etc/ssl/certs/ca-certificates.crt',
  ),
  /** Megabytes of Varnish's memory for objects. */
  memoryMegabytes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(64), v.maxValue(4_000_000)), 2048),
  /** Appliances that fill each other: where each is reached by the others. */
  nodes: v.optional(
    v.pipe(
      v.array(
        v.strictObject({
          name,
          host: v.pipe(v.string(), v.regex(/^[A-Za-z0-9.:-]{1,253}$/, 'wanted a host name or an address')),
          port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
        }),
      ),
      v.maxLength(NODES_MAX),
    ),
    [],
  ),
  /** The first that fits decides; where none does every node fetches for itself. */
  fill: v.optional(v.pipe(v.array(fillRule), v.maxLength(RULES_MAX)), []),
});

/** Appliances that serve the same events: the same file on each. */
export type ApplianceGroup = v.InferOutput<typeof group>;
export type FillRule = ApplianceGroup['fill'][number];

export class GroupRefused extends Error {
  override readonly name = 'GroupRefused';
}

/**
 * Reads a group file.
 * @throws GroupRefused, which names the member, what was wanted and what came
 */
export function parseGroup(text: string): ApplianceGroup {
  const parsed = v.safeParse(group, parseJson(text));
  if (!parsed.success) throw new GroupRefused(parsed.issues.map(describe).slice(0, 5).join('; '));
  const { regions, nodes, fill } = parsed.output;
  refuseDoubles('regions', regions);
  refuseDoubles('nodes', nodes);
  const known = new Set(nodes.map((node) => node.name));
  for (const [index, rule] of fill.entries())
    for (const node of rule.nodes)
      if (!known.has(node)) throw new GroupRefused(`fill.${index}.nodes: wanted names of nodes, got ${node}`);
  return parsed.output;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GroupRefused(`wanted JSON, got ${error instanceof Error ? error.message : 'something else'}`);
  }
}

function describe(issue: v.BaseIssue<unknown>): string {
  return `${v.getDotPath(issue) ?? 'the group'}: ${issue.message}`;
}

function refuseDoubles(member: string, all: readonly { readonly name: string }[]): void {
  const names = all.map((one) => one.name);
  if (new Set(names).size < names.length)
    throw new GroupRefused(`${member}: wanted names that differ, got ${names.join(', ')}`);
}
