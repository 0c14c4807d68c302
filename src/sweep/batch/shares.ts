import type { Batch, Share } from './batch.js';
import { firstShares } from './first-shares.js';
import type { TaskTree } from './task-tree.js';

const LOOKED_AT_MAX = 64; // enough to find a good one, few enough to stay quick

/** What no worker has begun: batches to be taken up, and stretches of many values that batches are cut from. */
export class Shares {
  readonly #tree: TaskTree;
  readonly #shares: Share[];

  constructor(tree: TaskTree, workers: number) {
    this.#tree = tree;
    this.#shares = tree.isPlain ? [{ batch: { from: 0, to: tree.size }, takers: 1 }] : firstShares(tree, workers);
  }

  all(): readonly Share[] {
    return this.#shares;
  }

  /** The one for which a worker that holds the values of a leaf has to load the least; of several the first. */
  best(held: number | undefined): Share | undefined {
    let best: Share | undefined;
    let bestMissing = Number.POSITIVE_INFINITY;
    for (let i = 0; i < Math.min(this.#shares.length, LOOKED_AT_MAX) && bestMissing > 0; i++) {
      const share = this.#shares[i] as Share; // i is below the length
      if (share.batch.from >= share.batch.to) {
        this.#shares.splice(i--, 1);
        continue;
      }
      const missing = this.#tree.missing(held, this.#tree.leafAt(share.batch.from));
      if (missing < bestMissing) {
        best = share;
        bestMissing = missing;
      }
    }
    return best;
  }

  /** A batch of it: a value of the first level as a whole, or all where there is one only; where nothing is loaded, a task. */
  take(share: Share): Batch {
    const { batch } = share;
    const end = this.#tree.isPlain ? batch.from + 1 : this.#tree.endOf(this.#tree.nodeAt(batch.from, 0), 0);
    if (end < batch.to) {
      const first = { from: batch.from, to: end };
      batch.from = end;
      return first;
    }
    share.takers--;
    if (share.takers === 0) this.#shares.splice(this.#shares.indexOf(share), 1);
    return batch;
  }

  /** Its worker is gone. What others work at too needs nobody in its place, unless more were to come anyway. */
  giveOver(batch: Batch, { isHeld }: { readonly isHeld: boolean }): void {
    const share = this.#shares.find((each) => each.batch === batch);
    if (share) share.takers++;
    else if (!isHeld) this.#shares.unshift({ batch, takers: 1 });
  }

  /** More tasks: a share for each value if there are few, so that whoever holds one finds it. */
  add(from: number, to: number): void {
    const isOne = this.#tree.isPlain || this.#tree.nodesIn(from, to, 0) > LOOKED_AT_MAX;
    for (let start = from; start < to; ) {
      const end = isOne ? to : this.#tree.endOf(this.#tree.nodeAt(start, 0), 0);
      this.#shares.push({ batch: { from: start, to: end }, takers: 1 });
      start = end;
    }
  }
}
