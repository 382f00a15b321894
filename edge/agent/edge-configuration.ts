import * as v from 'valibot';
import type { EventKey } from '../../origin/candidate';
import { NAME_PATTERN } from '../../origin/events/name-pattern';
import type { EdgeConfiguration } from '../../origin/events/edge-configuration';

const whole = v.pipe(v.number(), v.safeInteger());
const path = v.pipe(v.string(), v.regex(/^[A-Za-z0-9._~/-]{0,512}$/));
const name = v.pipe(v.string(), v.regex(NAME_PATTERN));

/** What the appliance reads of an answer; members that it does not know yet pass. */
const edgeConfiguration = v.looseObject({
  tenant: v.string(),
  event: v.string(),
  version: v.pipe(whole, v.minValue(0)),
  revision: v.pipe(whole, v.minValue(0)),
  schedule: v.object({
    ...{ availabilityStartMs: whole, startNumber: whole, initialSegment: whole, depthSegments: whole },
    ...{
      durationMilliseconds: v.pipe(whole, v.minValue(1)),
      durationDenominator: v.pipe(whole, v.minValue(1)),
    },
    ...{ delayMs: whole, holdMs: whole, retryDeadlineMs: whole },
    finalSegment: v.optional(whole),
  }),
  representations: v.pipe(
    v.array(
      v.object({
        id: name,
        initialization: path,
        media: v.object({ prefix: path, suffix: path, width: v.pipe(whole, v.minValue(0), v.maxValue(16)) }),
      }),
    ),
    v.maxLength(1024),
  ),
  passthrough: v.boolean(),
  // It becomes a header: visible characters and spaces alone.
  notices: v.optional(v.pipe(v.string(), v.maxLength(4096), v.regex(/^[\x20-\x7e]*$/))),
  invalidations: v.pipe(
    v.array(
      v.pipe(
        v.object({
          ...{ id: v.pipe(v.string(), v.maxLength(256)), atMs: whole },
          fromSegment: v.pipe(whole, v.minValue(0)),
          toSegment: v.pipe(whole, v.minValue(0)),
          ...{ representation: v.optional(name), pipeline: v.optional(name), region: v.optional(name) },
        }),
        v.check(({ fromSegment, toSegment }) => fromSegment <= toSegment, 'wanted fromSegment <= toSegment'),
      ),
    ),
    v.maxLength(1024),
  ),
});

/**
 * An origin's answer, as far as an appliance goes by it: file names, headers and bans are made of it.
 * @throws Error, which names the member, what was wanted and what came
 */
export function parseEdgeConfiguration({ tenant, event }: EventKey, value: unknown): EdgeConfiguration {
  const parsed = v.safeParse(edgeConfiguration, value);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new Error(`${tenant}/${event}: ${v.getDotPath(issue) ?? 'the answer'}: ${issue.message}`);
  }
  const { output } = parsed;
  if (output.tenant !== tenant || output.event !== event)
    throw new Error(`${tenant}/${event}: wanted this event, got ${output.tenant}/${output.event}`);
  return output as EdgeConfiguration;
}
