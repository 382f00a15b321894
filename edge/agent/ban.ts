import type { EventKey } from '../../origin/candidate';
import type { EdgeConfiguration, EdgeRepresentation } from '../../origin/events/edge-configuration';
import type { InvalidatedRange } from '../../origin/ports/invalidator';
import { numberRange } from './number-range';

/** Characters of representations' prefixes in one ban: it travels as a header, of which Varnish takes 8 kB. */
const PREFIXES_LENGTH_MAX = 4000;

/**
 * Varnish bans that forget an invalidated range and nothing else: they look only at what objects carry (headwater.vcl
 * keeps the path), so that the lurker works them off. Answers of the revision in which the invalidation is known were
 * given by the new rules and stay, however often a ban is repeated.
 */
export function rangeBans(configuration: EdgeConfiguration, range: InvalidatedRange): readonly string[] {
  const { representation, pipeline, region } = range;
  const conditions = [
    ...before(configuration),
    ...(pipeline === undefined ? [] : [candidateHas('pipeline', pipeline)]),
    ...(region === undefined ? [] : [candidateHas('served', region)]),
  ];
  const wanted = configuration.representations.filter(({ id }) => (representation ?? id) === id);
  const numbers = `0*${numberRange(range.fromSegment, range.toSegment)}`;
  return prefixGroups(wanted).map(({ prefixes, suffix }) => {
    const path = `^${escaped(pathOf(configuration))}(?:${prefixes.map(escaped).join('|')})${numbers}${escaped(suffix)}$`;
    return [`obj.http.Headwater-Path ~ ${path}`, ...conditions].join(' && ');
  });
}

/** Forgets everything that was answered of the event before its present revision. */
export function eventBan(configuration: EdgeConfiguration): string {
  const path = `obj.http.Headwater-Path ~ ^${escaped(pathOf(configuration))}`;
  return [path, ...before(configuration)].join(' && ');
}

function before({ revision }: EdgeConfiguration): readonly string[] {
  return revision > 0 ? [`obj.http.Headwater-Revision ~ ^${numberRange(0, revision - 1)}$`] : [];
}

/** Templates that differ in what stands before the number alone share a ban. */
function prefixGroups(
  representations: readonly EdgeRepresentation[],
): readonly { readonly prefixes: readonly string[]; readonly suffix: string }[] {
  const groups: { prefixes: string[]; suffix: string; length: number }[] = [];
  for (const { media } of representations) {
    const open = groups.find(
      ({ suffix, length }) => suffix === media.suffix && length + media.prefix.length < PREFIXES_LENGTH_MAX,
    );
    const group = open ?? { prefixes: [], suffix: media.suffix, length: 0 };
    if (open === undefined) groups.push(group);
    group.prefixes.push(media.prefix);
    group.length += media.prefix.length + 1;
  }
  return groups;
}

/** `Headwater-Candidate` is a dictionary of strings. A quotation mark or a space would be Varnish's own, hence \x22 and \s. */
function candidateHas(member: 'pipeline' | 'served', value: string): string {
  return `obj.http.Headwater-Candidate ~ (?:^|[\\s,])${member}=\\x22${escaped(value)}\\x22`;
}

function pathOf({ tenant, event }: EventKey): string {
  return `/live/${tenant}/${event}/`;
}

/** Names have letters, digits and . _ ~ - / alone; of these the full stop is an operator. */
function escaped(name: string): string {
  return name.replaceAll('.', '\\.');
}
