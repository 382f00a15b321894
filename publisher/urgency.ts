/** How long and how often one delivery may try. */
export interface Urgency {
  readonly deadlineMs: number;
  readonly attemptsMax?: number;
}
