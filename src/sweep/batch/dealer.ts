import type { Batch, Share } from './batch.js';
import { checkedLevels, type DealerOptions } from './dealer-options.js';
import { type Estimate, estimate } from './estimate.js';
import { Pace } from './pace.js';
import { Returned } from './returned.js';
import { Shares } from './shares.js';
import { bestTakeOver, type Holder, isBetterTaken, type Knowledge } from './take-over.js';
import { TaskTree } from './task-tree.js';

const LEAVES_MAX = 64; // looked at for a task that was given back: enough to find a good one, few enough to stay quick

/** What was measured of a task that has ended. */
export interface Measured {
  readonly worker: string;
  /** Without its loads. */
  readonly taskMs?: number;
  /** By level; undefined where nothing was loaded for it. */
  readonly loadMs?: readonly (number | undefined)[];
}

/**
 * Decides which task a worker does next, so that values which are expensive to load are loaded as few times as
 * possible. It assumes that a worker keeps the last value it has loaded of each level. Pure: it measures no time and
 * waits for nothing.
 */
export class Dealer {
  readonly #tree: TaskTree;
  readonly #pace: Pace;
  readonly #levels: readonly number[];
  readonly #takesOver: boolean;
  readonly #known: Knowledge;
  readonly #workers = new Map<string, Holder>();
  /** Positions of the tasks that somebody has, by index. */
  readonly #out = new Map<number, number>();
  readonly #returned = new Returned();
  readonly #shares: Shares;
  #size: number;
  #left: number;
  #takeOvers = 0;

  constructor(options: DealerOptions) {
    this.#levels = checkedLevels(options);
    this.#tree = new TaskTree({ path: options.path, levels: this.#levels, done: options.done });
    this.#tree.append(0, options.size);
    this.#pace = new Pace(this.#tree);
    this.#known = { tree: this.#tree, pace: this.#pace };
    this.#takesOver = options.takeOver ?? true;
    this.#shares = new Shares(this.#tree, options.workers ?? 1);
    this.#size = options.size;
    this.#left = this.#tree.size;
  }

  /** Tasks that nobody has, those that were given back among them. */
  get left(): number {
    return this.#left;
  }

  /** Tasks that somebody has: they have neither ended nor been given back. */
  get handedOut(): number {
    return this.#out.size;
  }

  /** How often a worker that ran dry has taken over from others: each may have cost a further load on every level. */
  get takeOvers(): number {
    return this.#takeOvers;
  }

  /**
   * The task that a worker does next. Undefined: nothing for it now; ask again when a task has ended or was given
   * back, when tasks were added, and when a worker has left. What a worker has before it may be left to it: so each one
   * is asked for again when its task has ended, or else leaves.
   */
  next(name: string): number | undefined {
    if (this.#left === 0) return undefined;
    const worker = this.#worker(name);
    const position = this.#nextPosition(worker);
    if (position === undefined) return undefined;
    worker.leaf = this.#tree.leafAt(position);
    this.#left--;
    const index = this.#tree.indexAt(position);
    this.#out.set(index, position);
    return index;
  }

  /**
   * A task that was lost or failed is to be done again: by whoever holds its values, before that worker gives them up,
   * with `front` before anything else it does. By another one where that is sooner.
   */
  giveBack(index: number, { front = false }: { readonly front?: boolean } = {}): void {
    const position = this.#takeIn(index);
    this.#returned.add(this.#tree.leafAt(position), position, { front });
    this.#left++;
  }

  /** A task has ended and needs not be done again. */
  ended(index: number, { worker, taskMs, loadMs }: Measured): void {
    const leaf = this.#tree.leafAt(this.#takeIn(index));
    if (isTime(taskMs)) this.#pace.addTask(worker, taskMs);
    for (const [at, level] of this.#levels.entries()) {
      const ms = loadMs?.[level];
      if (isTime(ms)) this.#pace.addLoad(leaf, at, ms);
    }
  }

  /** Tasks that have ended are to be done once more, by whoever holds their values. */
  again(indexes: Iterable<number>): void {
    const wanted = new Set(indexes);
    for (let position = 0; position < this.#tree.size && wanted.size > 0; position++) {
      if (!wanted.delete(this.#tree.indexAt(position))) continue;
      this.#returned.add(this.#tree.leafAt(position), position, { front: false });
      this.#left++;
    }
  }

  /** A worker is there and holds nothing. Its first `next` says as much; for one that is there already nothing changes. */
  join(name: string): void {
    this.#worker(name);
  }

  /**
   * A worker is gone, or has lost what it had loaded: what it had before it goes to whoever asks first. Tasks it was
   * given are given back one by one, before or after.
   */
  leave(name: string): void {
    const worker = this.#workers.get(name);
    if (!worker) return;
    this.#workers.delete(name);
    const { batch } = worker;
    if (batch && batch.from < batch.to) this.#shares.giveOver(batch, { isHeld: this.#isAnyoneAt(batch) });
  }

  /** So many more tasks, which follow the last one. They are brought together among themselves. */
  add(count: number): void {
    const from = this.#tree.size;
    this.#tree.append(this.#size, this.#size + count);
    this.#size += count;
    this.#left += this.#tree.size - from;
    this.#shares.add(from, this.#tree.size);
  }

  /** How long so many workers will need for what is not done; undefined before the first task was measured. */
  estimate(workers: number): Estimate | undefined {
    const held = [...this.#workers.values()];
    return estimate({ shares: this.#shares.all(), held, left: this.#left, out: this.#out.size, workers }, this.#known);
  }

  #worker(name: string): Holder {
    let worker = this.#workers.get(name);
    if (!worker) {
      worker = { name, leaf: undefined, batch: undefined };
      this.#workers.set(name, worker);
    }
    return worker;
  }

  #takeIn(index: number): number {
    const position = this.#out.get(index);
    if (position === undefined) {
      throw new Error(`Task ${index} is with nobody: it was not handed out, has ended, or was given back.`);
    }
    this.#out.delete(index);
    return position;
  }

  #nextPosition(worker: Holder): number | undefined {
    const { batch, leaf } = worker;
    const hasReturned = this.#returned.size > 0 && leaf !== undefined;
    if (hasReturned && this.#returned.hasFront(leaf)) return this.#returned.take(leaf);
    if (!batch || batch.from >= batch.to) return this.#whenDry(worker);
    if (hasReturned && this.#tree.leafAt(batch.from) !== leaf) {
      const position = this.#returned.take(leaf); // before it gives up the values
      if (position !== undefined) return position;
    }
    return batch.from++;
  }

  #whenDry(worker: Holder): number | undefined {
    worker.batch = undefined;
    const share = this.#shares.best(worker.leaf);
    const leaf = this.#returned.size > 0 ? this.#bestReturned(worker) : undefined;
    if (leaf !== undefined && (!share || this.#isBetter(worker, leaf, share))) return this.#returned.take(leaf);
    worker.batch = share ? this.#shares.take(share) : this.#takeFromOthers(worker);
    return worker.batch && worker.batch.from++;
  }

  #isBetter({ leaf: held }: Holder, leaf: number, { batch }: Share): boolean {
    const missing = this.#tree.missing(held, leaf);
    const missingInShare = this.#tree.missing(held, this.#tree.leafAt(batch.from));
    return missing < missingInShare || (missing === missingInShare && this.#returned.hasFront(leaf));
  }

  /** Of what was given back, that for which the least is to be loaded, unless it is better left to another. */
  #bestReturned(worker: Holder): number | undefined {
    let best: number | undefined;
    let bestMissing = Number.POSITIVE_INFINITY;
    let looked = 0;
    for (const leaf of this.#returned.leaves()) {
      if (bestMissing === 0 || looked++ === LEAVES_MAX) break;
      const missing = this.#tree.missing(worker.leaf, leaf);
      if (missing >= bestMissing || this.#isLeftToAnother(worker, leaf)) continue;
      best = leaf;
      bestMissing = missing;
    }
    return best;
  }

  /** Another one holds the value of the first level, this one does not, and would not be sooner. */
  #isLeftToAnother(worker: Holder, leaf: number): boolean {
    if (this.#tree.hasFirst(worker.leaf, leaf)) return false;
    for (const holder of this.#workers.values()) {
      if (holder === worker || !this.#tree.hasFirst(holder.leaf, leaf)) continue;
      return !(this.#takesOver && isBetterTaken(leaf, { by: worker, from: holder, known: this.#known }));
    }
    return false;
  }

  #takeFromOthers(worker: Holder): Batch | undefined {
    const taken = this.#takesOver ? bestTakeOver(worker, this.#workers.values(), this.#known) : undefined;
    if (taken) this.#takeOvers++;
    if (taken?.from === undefined) return taken?.batch;
    const batch = { from: taken.from, to: taken.batch.to };
    taken.batch.to = taken.from;
    return batch;
  }

  #isAnyoneAt(batch: Batch): boolean {
    return [...this.#workers.values()].some((worker) => worker.batch === batch);
  }
}

function isTime(ms: number | undefined): ms is number {
  return ms !== undefined && ms >= 0 && Number.isFinite(ms);
}
