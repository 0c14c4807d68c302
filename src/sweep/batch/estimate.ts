import type { Batch, Share } from './batch.js';
import type { Holder, Knowledge } from './take-over.js';

/** Between these times, if tasks and loads go on taking as long as they did. */
export interface Estimate {
  readonly minMs: number;
  readonly maxMs: number;
}

/** What is not done yet. */
export interface Rest {
  readonly shares: readonly Share[];
  readonly held: readonly Holder[];
  /** Tasks that nobody has begun. */
  readonly left: number;
  /** Tasks that somebody is at. */
  readonly out: number;
  readonly workers: number;
}

/**
 * The least: what is not begun, with its loads, evenly spread, where each worker finds what it holds of the lower levels
 * of use once more. The most: what is begun starts anew, workers load again for what they take over, and one is left
 * with a last task and its loads. Loads that were never measured count for nothing.
 */
export function estimate(rest: Rest, known: Knowledge): Estimate | undefined {
  const { left, out } = rest;
  const { taskMs } = known.pace;
  if (left + out === 0) return { minMs: 0, maxMs: 0 };
  if (taskMs === undefined) return undefined;
  const workers = Math.max(1, rest.workers);
  const { leastMs, mostMs } = loadsAhead(rest, known);
  const levelsMs = Array.from({ length: known.tree.depth }, (_, level) => known.pace.loadMsAt(level));
  const onceMs = levelsMs.reduce((sum, ms) => sum + ms, 0);
  const sparedMs = onceMs - (levelsMs[0] ?? 0);
  const minMs = left === 0 ? 0 : Math.max(taskMs, (left * taskMs + leastMs) / workers - sparedMs);
  const takenOverMs = (workers - 1) * (taskMs + onceMs);
  const unevenMs = (out > 0 ? onceMs : 0) + (workers > 1 ? onceMs : 0);
  const maxMs = ((left + out) * taskMs + mostMs + takenOverMs) / workers + unevenMs;
  return { minMs, maxMs };
}

/** At least each value once that is not held already; at most once for each worker that takes up a share. */
function loadsAhead({ shares, held }: Rest, { tree, pace }: Knowledge): { leastMs: number; mostMs: number } {
  const loadsMs = ({ from, to }: Batch, holders: readonly Holder[]) => {
    let ms = 0;
    for (let level = 0; level < tree.depth && from < to; level++) {
      const value = tree.valueOf(tree.leafAt(from), level);
      const isHeld = holders.some(({ leaf }) => leaf !== undefined && tree.valueOf(leaf, level) === value);
      ms += (tree.loadsIn(from, to, level) - (isHeld ? 1 : 0)) * pace.loadMsAt(level);
    }
    return ms;
  };
  let leastMs = 0;
  let mostMs = 0;
  for (const holder of held) {
    const ms = holder.batch ? loadsMs(holder.batch, [holder]) : 0;
    leastMs += ms;
    mostMs += ms;
  }
  for (const { batch, takers } of shares) {
    leastMs += loadsMs(batch, held);
    mostMs += loadsMs(batch, []) * takers;
  }
  return { leastMs, mostMs };
}
