const CONFIDENCE = 1.3; // standard deviations: eight of ten normally distributed values are within

/** What is known of a sweep while it runs. */
export interface EtaFacts {
  readonly elapsedMs: number;
  /** Tasks that ended with success, and those that failed for good. */
  readonly done: number;
  readonly failures: number;
  /** Tasks that have still to end: those that wait and those at work. */
  readonly left: number;
  readonly workers: number;
  /** Of the tasks that have ended. `percentilesOf` and `Timings` give these. */
  readonly durations: { readonly count: number; readonly mean: number; readonly std: number; readonly p90: number };
  /** How long each of those at work has been at it. */
  readonly activeForMs?: readonly number[];
  /** Of loads that are still to come, all together. Default 0. */
  readonly pendingLoadMs?: number;
}

export interface Eta {
  readonly elapsedMs: number;
  readonly done: number;
  readonly failures: number;
  readonly left: number;
  /** Tasks that ended, in a second; 0 at the beginning. */
  readonly perSecond: number;
  /** How long it will take yet; not known before a task has ended. About eight of ten sweeps end within `least` and `most`. */
  readonly remainingMs?: { readonly likely: number; readonly least: number; readonly most: number };
}

/** How long a sweep will take yet, by how long its tasks have taken so far. Pure. */
export function eta(facts: EtaFacts): Eta {
  const { elapsedMs, done, failures, left } = facts;
  const perSecond = elapsedMs > 0 ? (1000 * (done + failures)) / elapsedMs : 0;
  const remainingMs = left === 0 ? { likely: 0, least: 0, most: 0 } : remainingOf(facts);
  return { elapsedMs, done, failures, left, perSecond, ...(remainingMs && { remainingMs }) };
}

function remainingOf(facts: EtaFacts): Eta['remainingMs'] {
  const { left, durations, activeForMs = [], pendingLoadMs = 0 } = facts;
  if (durations.count === 0 || facts.workers === 0) return undefined;
  const workers = Math.min(facts.workers, left);
  const spent = activeForMs.reduce((sum, ms) => sum + Math.min(ms, durations.mean), 0);
  const workMs = Math.max(0, left * durations.mean - spent);
  const share = (ms: number): number => Math.max(0, ms + pendingLoadMs) / workers;
  const idleMs = workers > 1 ? (durations.p90 * (workers - 1)) / workers : 0; // at the end, while the last one is at work
  const doubtMs = CONFIDENCE * deviationOf(facts);
  return {
    likely: share(workMs) + idleMs / 2,
    least: share(workMs - doubtMs),
    most: share(workMs + doubtMs) + idleMs,
  };
}

/** Of the work that is left: durations differ, and their mean is known from a few only. One alone tells nothing of how they differ. */
function deviationOf({ left, durations: { count, mean, std } }: EtaFacts): number {
  const each = count < 2 ? mean : std;
  return each * Math.sqrt(left + (left * left) / count);
}
