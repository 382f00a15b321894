import { guard } from '../../../edge/guard/guard';
import { guardAnswer } from '../../../edge/guard/guard-answer';
import type { EdgeConfiguration } from '../../../origin/events/edge-configuration';

export interface Question {
  readonly path: string;
  readonly configuration: EdgeConfiguration;
  readonly nowMs: number;
}

/** What an edge asks of a build, as JSON: the two sides share no realm. */
export function handler(questions: string): string {
  const asked = JSON.parse(questions) as readonly Question[];
  return JSON.stringify(
    asked.map((one) => {
      const verdict = guard(one.path, one.configuration, one.nowMs);
      const answer = guardAnswer(verdict, one.configuration, one.nowMs, 'edge');
      return { verdict: verdict, answer: answer };
    }),
  );
}
