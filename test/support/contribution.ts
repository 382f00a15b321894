import type { Candidate } from '../../origin/candidate';
import { defect } from '../../origin/media/defect';
import type { Defect } from '../../origin/media/defect';
import type { LiveEvent } from '../../origin/events/live-event';
import { deadlineMs } from '../../origin/flag/health';
import { dueMs } from '../../origin/schedule/schedule';
import { sampleCandidate } from './samples';

const DEFECTS: Readonly<Record<string, readonly Defect[]>> = {
  d: [defect('short', { missing: 5 })],
  f: [defect('malformed')],
};

/**
 * What one pipeline sent, a letter for each number from `from` on: `g` good, `l` good and late, `d` defective, `f` fatal,
 * `.` nothing.
 */
export function contribution(
  event: LiveEvent,
  letters: string,
  from: number,
  parts: Partial<Candidate> = {},
): Candidate[] {
  return Array.from(letters).flatMap((letter, at) => {
    const number = from + at;
    if (letter === '.') return [];
    const publishedAtMs =
      letter === 'l'
        ? deadlineMs(event, number)
        : Math.max(dueMs(event.schedule, number), event.head.createdAtMs);
    const digest = `${parts.pipeline ?? 'a'}-${number}`;
    return [
      sampleCandidate({
        ...{ ...event.key, number, digest, publishedAtMs, expiresAtMs: publishedAtMs + 7_200_000 },
        defects: DEFECTS[letter] ?? [],
        ...parts,
      }),
    ];
  });
}
