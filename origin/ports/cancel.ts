/** Says that nobody waits for the result any more: the client left, or another branch of a race won. */
export interface Cancel {
  readonly cancelled: boolean;
  /** Runs `listener` once, at once if already cancelled. */
  onCancel(listener: () => void): void;
}

/** A {@link Cancel} and the way to pull it. Calling `cancel` again does nothing. */
export interface CancelSource extends Cancel {
  cancel(): void;
}

/** Makes a {@link CancelSource}: our own, so that the pure rooms need no `AbortController`. */
export function cancelSource(): CancelSource {
  const listeners: (() => void)[] = [];
  let cancelled = false;
  return {
    get cancelled() {
      return cancelled;
    },
    onCancel(listener) {
      if (cancelled) listener();
      else listeners.push(listener);
    },
    cancel() {
      if (cancelled) return;
      cancelled = true;
      for (const listener of listeners.splice(0)) listener();
    },
  };
}

/** A {@link Cancel} that is never pulled. */
export const NEVER: Cancel = { cancelled: false, onCancel: () => undefined };
