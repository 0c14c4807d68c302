import type { Batch } from './batch.js';
import type { Pace } from './pace.js';
import type { TaskTree } from './task-tree.js';

/** A worker, as the dealer knows it. */
export interface Holder {
  readonly name: string;
  /** Whose values it has loaded: those of the last task it was given. */
  leaf: number | undefined;
  /** What it is at; several may be at the same one. */
  batch: Batch | undefined;
}

export interface Knowledge {
  readonly tree: TaskTree;
  readonly pace: Pace;
}

/** Take what lies in a batch from one position on; or, without a position, work at it together with its holders. */
export interface TakeOver {
  readonly batch: Batch;
  readonly from?: number;
}

/**
 * What a worker that has run dry does best for others: the taking over that comes earliest before its present holders
 * would be through. Nothing, where none pays.
 */
export function bestTakeOver(thief: Holder, workers: Iterable<Holder>, known: Knowledge): TakeOver | undefined {
  let best: TakeOver | undefined;
  let bestSavedMs = 0;
  for (const crew of crewsOf(workers)) {
    const from = cutOf(crew, thief, known);
    const savedMs = savedBy(thief, { crew, leaf: known.tree.leafAt(from ?? crew.batch.from), more: 0 }, known);
    if (savedMs > bestSavedMs) {
      best = from === undefined ? { batch: crew.batch } : { batch: crew.batch, from };
      bestSavedMs = savedMs;
    }
  }
  return best;
}

/** Whether a task that was given back is sooner done by one worker than by another, which holds its values. */
export function isBetterTaken(
  leaf: number,
  { by, from, known }: { readonly by: Holder; readonly from: Holder; readonly known: Knowledge },
): boolean {
  const crew: Crew = { batch: from.batch ?? { from: 0, to: 0 }, holders: [from] };
  return savedBy(by, { crew, leaf, more: 1 }, known) > 0;
}

/** Those who work at one batch. */
interface Crew {
  readonly batch: Batch;
  readonly holders: readonly [Holder, ...Holder[]];
}

function crewsOf(workers: Iterable<Holder>): Iterable<Crew> {
  const crews = new Map<Batch, { batch: Batch; holders: [Holder, ...Holder[]] }>();
  for (const worker of workers) {
    const { batch } = worker;
    if (!batch || batch.from >= batch.to) continue;
    const crew = crews.get(batch);
    if (crew) crew.holders.push(worker);
    else crews.set(batch, { batch, holders: [worker] });
  }
  return crews.values();
}

/** How long before the crew is through with everything the thief would be through with its first task. */
function savedBy(
  thief: Holder,
  { crew, leaf, more }: { readonly crew: Crew; readonly leaf: number; readonly more: number },
  { pace }: Knowledge,
): number {
  const { batch, holders } = crew;
  const taskMs = pace.taskMsOf(thief.name);
  const fastestMs = Math.min(...holders.map(({ name }) => pace.taskMsOf(name)));
  const tasksPerMs = holders.reduce((sum, { name }) => sum + 1 / Math.max(pace.taskMsOf(name), 1e-6), 0);
  const leftMs =
    holders.length === 1
      ? pace.workMs(batch.from, batch.to, fastestMs) + more * fastestMs
      : Math.max(fastestMs, (batch.to - batch.from + more) / tasksPerMs); // the last one takes a whole task's time
  const startMs = pace.loadMsFor(leaf, { held: thief.leaf, taskMs });
  return leftMs + fastestMs / 2 - (startMs + taskMs); // of the tasks being worked at, half may be done
}

/**
 * Where to cut a batch: between nodes of the highest level of which it has several, or before one that its holder has
 * not begun; such that holder and thief would be through at about the same time. Nowhere, where all is of one leaf
 * that is being worked at.
 */
function cutOf({ batch, holders }: Crew, thief: Holder, known: Knowledge): number | undefined {
  if (holders.length > 1) return undefined;
  const { tree } = known;
  const [holder] = holders;
  for (let level = 0; level < tree.depth; level++) {
    const first = tree.nodeAt(batch.from, level);
    const last = tree.nodeAt(batch.to - 1, level);
    if (first < last) return fairCut({ first: first + 1, last, level }, { batch, holder, thief, known });
    const isBegun = holder.leaf !== undefined && tree.nodeOf(holder.leaf, level) === first;
    if (!isBegun) return batch.from;
  }
  return undefined;
}

function fairCut(
  nodes: { readonly first: number; readonly last: number; readonly level: number },
  { batch, holder, thief, known }: { batch: Batch; holder: Holder; thief: Holder; known: Knowledge },
): number {
  const { tree, pace } = known;
  const holdersTaskMs = pace.taskMsOf(holder.name);
  const taskMs = pace.taskMsOf(thief.name);
  const lead = (node: number) => {
    const cut = tree.startOf(node, nodes.level);
    const holdersMs = pace.workMs(batch.from, cut, holdersTaskMs) + holdersTaskMs / 2;
    const startMs = pace.loadMsFor(tree.leafAt(cut), { held: thief.leaf, taskMs });
    return { cut, ms: holdersMs - startMs - pace.workMs(cut, batch.to, taskMs) };
  };
  let { first, last } = nodes;
  while (first < last) {
    const middle = Math.floor((first + last) / 2);
    if (lead(middle).ms < 0) first = middle + 1;
    else last = middle;
  }
  const later = lead(first);
  const earlier = lead(Math.max(nodes.first, first - 1));
  return Math.abs(earlier.ms) < Math.abs(later.ms) ? earlier.cut : later.cut;
}
