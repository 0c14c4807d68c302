import type { Load } from './load.js';

/** Somebody who works, and what is known of that. */
export interface Loaded {
  readonly load: Load;
}

/** Give a worker so many of the next inputs; or nothing for a while. */
export type Decision<W> =
  | { readonly type: 'give'; readonly worker: W; readonly count: number }
  | { readonly type: 'rest'; readonly worker: W; readonly forMs: number };

/**
 * Which of these workers gets the next inputs: the one that needs some first, and of several that need some now the
 * fastest. Nothing, where none has room. `backlog` is how many inputs are left, where that is known.
 */
export function next<W extends Loaded>(
  workers: readonly W[],
  now: number,
  backlog = Number.POSITIVE_INFINITY,
): Decision<W> | undefined {
  if (backlog === 0) return undefined;
  const share = Math.max(1, Math.ceil(backlog / workers.length / 2)); // near the end, what is given ahead may be missed elsewhere
  let chosen: W | undefined;
  for (const worker of workers) {
    if (roomOf(worker, share) > 0 && (!chosen || isSooner(worker.load, chosen.load))) chosen = worker;
  }
  if (!chosen) return undefined;
  if (isBetterLeftAlone(chosen, workers, now, backlog)) {
    return { type: 'rest', worker: chosen, forMs: chosen.load.meanMs as number };
  }
  return { type: 'give', worker: chosen, count: roomOf(chosen, share) };
}

/** Of those that have calls waiting behind a long one, the one where they have waited longest. */
export function mostStuck<W extends Loaded>(workers: readonly W[]): W | undefined {
  let stuck: W | undefined;
  for (const worker of workers) {
    const since = worker.load.waitingSince;
    if (since !== undefined && since < (stuck?.load.waitingSince ?? Number.POSITIVE_INFINITY)) stuck = worker;
  }
  return stuck;
}

function roomOf({ load }: Loaded, share: number): number {
  return Math.min(load.room, share - load.inFlight);
}

function isSooner(one: Load, other: Load): boolean {
  if (one.aheadMs !== other.aheadMs) return one.aheadMs < other.aheadMs;
  return (one.meanMs ?? 0) < (other.meanMs ?? 0);
}

/** Towards the end, the quick ones are through with the rest before a slow one would be with its first. */
function isBetterLeftAlone(worker: Loaded, workers: readonly Loaded[], now: number, backlog: number): boolean {
  const { meanMs, inFlight } = worker.load;
  if (backlog === Number.POSITIVE_INFINITY || meanMs === undefined || inFlight > 0) return false;
  let callsElsewhere = backlog;
  let callsPerMs = 0;
  for (const { load } of workers) {
    if (load === worker.load || load.isLate(now)) continue;
    if (load.meanMs === undefined) return false;
    callsElsewhere += load.inFlight;
    callsPerMs += 1 / Math.max(load.meanMs, 1e-6);
  }
  return meanMs * callsPerMs > callsElsewhere + workers.length;
}
