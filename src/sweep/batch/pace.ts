import type { TaskTree } from './task-tree.js';

const WINDOW = 32;
const VALUES_MAX = 1000; // whose loads are remembered one by one: those measured last

/** A running average: of all at first, later mostly of the last ones. */
class Mean {
  #count = 0;
  #value = 0;

  get value(): number | undefined {
    return this.#count === 0 ? undefined : this.#value;
  }

  add(value: number): void {
    this.#count = Math.min(this.#count + 1, WINDOW);
    this.#value += (value - this.#value) / this.#count;
  }
}

/** How long tasks and loads have taken so far. */
export class Pace {
  readonly #tree: TaskTree;
  readonly #tasks = new Mean();
  readonly #tasksOf = new Map<string, Mean>();
  readonly #loads: readonly { readonly all: Mean; readonly ofValue: Map<number, Mean> }[];

  constructor(tree: TaskTree) {
    this.#tree = tree;
    this.#loads = Array.from({ length: tree.depth }, () => ({ all: new Mean(), ofValue: new Map() }));
  }

  addTask(worker: string, ms: number): void {
    this.#tasks.add(ms);
    meanOf(this.#tasksOf, worker).add(ms);
  }

  addLoad(leaf: number, level: number, ms: number): void {
    const loads = this.#loads[level];
    if (!loads) return;
    loads.all.add(ms);
    meanOf(loads.ofValue, this.#tree.valueOf(leaf, level)).add(ms);
    for (const value of loads.ofValue.keys()) {
      if (loads.ofValue.size <= VALUES_MAX) return;
      loads.ofValue.delete(value);
    }
  }

  /** Of any worker; nothing before the first one was measured. */
  get taskMs(): number | undefined {
    return this.#tasks.value;
  }

  /** A task of this worker: its own average, else that of all, else as long as the longest load, else 1. */
  taskMsOf(worker: string): number {
    return this.#tasksOf.get(worker)?.value ?? this.taskMs ?? (Math.max(...this.#loads.map(levelMs)) || 1);
  }

  /** Loading any value of a level; 0 before one was measured. */
  loadMsAt(level: number): number {
    return this.#loads[level]?.all.value ?? 0;
  }

  /**
   * What a worker that holds the values of one leaf (or none) has to load for another. Loads that were never measured
   * count together as long as one task, of `taskMs`.
   */
  loadMsFor(leaf: number, { held, taskMs }: { held: number | undefined; taskMs: number }): number {
    const missing = this.#tree.missing(held, leaf);
    let ms = 0;
    let isUnknown = false;
    for (const [level, { all, ofValue }] of this.#loads.entries()) {
      if (((missing >> (this.#tree.depth - 1 - level)) & 1) === 0) continue;
      const known = ofValue.get(this.#tree.valueOf(leaf, level))?.value ?? all.value;
      if (known === undefined) isUnknown = true;
      ms += known ?? 0;
    }
    return isUnknown ? ms + taskMs : ms;
  }

  /** All tasks from one position up to another, and the loads between them; those before the first one not. */
  workMs(from: number, to: number, taskMs: number): number {
    let ms = (to - from) * taskMs;
    for (let level = 0; level < this.#tree.depth && from < to; level++) {
      ms += (this.#tree.loadsIn(from, to, level) - 1) * this.loadMsAt(level);
    }
    return ms;
  }
}

function meanOf<K>(means: Map<K, Mean>, key: K): Mean {
  let mean = means.get(key);
  if (!mean) {
    mean = new Mean();
    means.set(key, mean);
  }
  return mean;
}

function levelMs({ all }: { readonly all: Mean }): number {
  return all.value ?? 0;
}
