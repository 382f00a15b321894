import { isLoss, type Consequence } from '../origin/selection/consequence';

/** A consequence as people read it: the sentence, then the numbers. */
export function consequenceView(consequence: Consequence) {
  const { examined, ...numbers } = consequence;
  return {
    text: consequenceText(consequence),
    loses: isLoss(consequence),
    examined: examined ?? null,
    ...numbers,
  };
}

/** @example `Changes 43 segments: 41 to b, 2 to nothing.` */
export function consequenceText(consequence: Consequence): string {
  const { changed, lost, worse, representations, complete, examined, unheard } = consequence;
  const byPipeline = new Map<string, number>();
  for (const { to } of representations)
    for (const [pipeline, count] of Object.entries(to))
      byPipeline.set(pipeline, (byPipeline.get(pipeline) ?? 0) + count);
  const parts = [...byPipeline].map(([pipeline, count]) => `${count} to ${pipeline}`);
  if (lost > 0) parts.push(`${lost} to nothing`);
  const edge = representations.filter(({ edgeLost }) => edgeLost).map(({ representation }) => representation);
  return [
    changed === 0
      ? 'Changes no segment of the window.'
      : `Changes ${changed} segment${changed === 1 ? '' : 's'}: ${parts.join(', ')}.`,
    ...(worse > 0 ? [`${worse} of them clean now and defective then.`] : []),
    ...(edge.length > 0 ? [`Nobody delivers ${edge.join(', ')} at the live edge then.`] : []),
    ...(complete || examined === undefined
      ? []
      : [`Only the segments from ${examined.fromSegment} on were looked at.`]),
    ...(unheard.length > 0 ? [`Without an answer from ${unheard.join(', ')}.`] : []),
  ].join(' ');
}
