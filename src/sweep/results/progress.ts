import type { SweepEntry } from './entry.js';

/** How far a sweep is. `waiting`, `active`, `finished`, `failures`, `stopped` and `cancelled` make up `total`. */
export interface Progress {
  readonly total: number;
  /** No attempt has ended, and none goes on. */
  readonly waiting: number;
  /** At work now. */
  readonly active: number;
  /** With success. */
  readonly finished: number;
  readonly failures: number;
  /** Early, on purpose, by a rule. */
  readonly stopped: number;
  readonly cancelled: number;
  /** Attempts beyond the first, of all tasks together. */
  readonly retried: number;
}

export function progressOf(entries: readonly SweepEntry[], active: number): Progress {
  const counts = { done: 0, failed: 0, stopped: 0, cancelled: 0 };
  let open = 0;
  let retried = 0;
  for (const { end } of entries) {
    if (end) counts[end.status] += 1;
    else open += 1;
    retried += Math.max(0, (end?.attempt ?? 1) - 1);
  }
  const atWork = Math.min(active, open);
  return {
    total: entries.length,
    waiting: open - atWork,
    active: atWork,
    finished: counts.done,
    failures: counts.failed,
    stopped: counts.stopped,
    cancelled: counts.cancelled,
    retried,
  };
}
