import { OptionError } from '../../base/errors.js';
import { group } from './grouping.js';
import { Numbers } from './numbers.js';

/** Tasks to be put into a tree. */
export interface TaskSource {
  /** The values of a task, one for each of the dealer's levels. */
  readonly path: (index: number) => readonly number[];
  /** The levels that load something, the slowest first. */
  readonly levels: readonly number[];
  readonly done?: ((index: number) => boolean) | undefined;
}

interface Level {
  readonly values: Numbers;
  /** Where the tasks of each node begin. */
  readonly starts: Numbers;
  /** How many nodes, up to each one, have another value than the node before them. */
  readonly changes: Numbers;
  /** Of each leaf its node here. */
  readonly ofLeaf: Numbers;
}

/**
 * The order in which tasks are dealt, and which values each one needs. A position is a place in that order; a node is
 * one value together with those above it, and its tasks are neighbours; a leaf is a node of the last level. Only levels
 * that load something count. Where no level does, everything is one leaf.
 */
export class TaskTree {
  readonly depth: number;
  readonly #source: TaskSource;
  readonly #indexes = new Numbers();
  readonly #leaves = new Numbers();
  readonly #levels: readonly Level[];

  constructor(source: TaskSource) {
    this.#source = source;
    this.depth = Math.max(1, source.levels.length);
    this.#levels = Array.from({ length: this.depth }, () => ({
      values: new Numbers(),
      starts: new Numbers(),
      changes: new Numbers(),
      ofLeaf: new Numbers(),
    }));
  }

  /** Whether nothing is loaded at all. */
  get isPlain(): boolean {
    return this.#source.levels.length === 0;
  }

  get size(): number {
    return this.#indexes.length;
  }

  /** Puts the tasks from one index up to another at the end, without those that are done. */
  append(from: number, to: number): void {
    const tasks = new Numbers();
    for (let index = from; index < to; index++) if (!this.#source.done?.(index)) tasks.push(index);
    const { order, leaves, levels } = group(tasks.length, this.depth, (task, into) => this.#read(tasks.at(task), into));
    const firstLeaf = this.leafCount;
    const firstPosition = this.size;
    for (let i = 0; i < order.length; i++) {
      this.#indexes.push(tasks.at(order.at(i)));
      this.#leaves.push(firstLeaf + leaves.at(i));
    }
    const nodes = levels.map(({ values }, level) => {
      const first = this.#level(level).values.length;
      for (let i = 0; i < values.length; i++) this.#level(level).values.push(values.at(i));
      return first;
    });
    for (let leaf = 0; leaf < (levels.at(-1)?.values.length ?? 0); leaf++) {
      let node = leaf;
      for (let level = this.depth - 1; level >= 0; level--) {
        this.#level(level).ofLeaf.push((nodes[level] ?? 0) + node);
        node = levels[level]?.parents.at(node) ?? 0;
      }
    }
    for (let at = firstPosition; at < this.size; at++) this.#noteStarts(at);
  }

  get leafCount(): number {
    return this.#level(this.depth - 1).ofLeaf.length;
  }

  indexAt(position: number): number {
    return this.#indexes.at(position);
  }

  leafAt(position: number): number {
    return this.#leaves.at(position);
  }

  nodeOf(leaf: number, level: number): number {
    return this.#level(level).ofLeaf.at(leaf);
  }

  valueOf(leaf: number, level: number): number {
    return this.#level(level).values.at(this.nodeOf(leaf, level));
  }

  nodeAt(position: number, level: number): number {
    return this.nodeOf(this.leafAt(position), level);
  }

  startOf(node: number, level: number): number {
    return this.#level(level).starts.at(node);
  }

  /** Where the tasks of the node after this one begin. */
  endOf(node: number, level: number): number {
    const { starts } = this.#level(level);
    return node + 1 < starts.length ? starts.at(node + 1) : this.size;
  }

  /** How many nodes of a level the tasks from one position up to another have. */
  nodesIn(from: number, to: number, level: number): number {
    return from < to ? this.nodeAt(to - 1, level) - this.nodeAt(from, level) + 1 : 0;
  }

  /** How many values of a level a worker loads that does the tasks from one position up to another. */
  loadsIn(from: number, to: number, level: number): number {
    if (from >= to) return 0;
    const { changes } = this.#level(level);
    return changes.at(this.nodeAt(to - 1, level)) - changes.at(this.nodeAt(from, level)) + 1;
  }

  /**
   * What a worker that holds the values of one leaf (or none) has to load for another: a bit for each level, the
   * slowest one the highest. So of two of these numbers the lower one is the better.
   */
  missing(held: number | undefined, leaf: number): number {
    if (held === leaf || this.isPlain) return 0;
    let bits = 0;
    for (let level = 0; level < this.depth; level++) {
      const isHeld = held !== undefined && this.valueOf(held, level) === this.valueOf(leaf, level);
      bits = bits * 2 + (isHeld ? 0 : 1);
    }
    return bits;
  }

  /** Whether a worker that holds the values of one leaf has the slowest one that another leaf needs. */
  hasFirst(held: number | undefined, leaf: number): boolean {
    return this.isPlain || (held !== undefined && this.valueOf(held, 0) === this.valueOf(leaf, 0));
  }

  #read(index: number, into: number[]): void {
    const path = this.#source.path(index);
    const { levels } = this.#source;
    into[0] = 0;
    for (let at = 0; at < levels.length; at++) into[at] = checkedValue(path[levels[at] ?? 0], index);
  }

  #noteStarts(position: number): void {
    if (position > 0 && this.leafAt(position) === this.leafAt(position - 1)) return;
    for (let level = 0; level < this.depth; level++) {
      const { starts, values, changes } = this.#level(level);
      const node = starts.length;
      if (this.nodeAt(position, level) !== node) continue;
      starts.push(position);
      changes.push(node === 0 ? 0 : changes.at(node - 1) + (values.at(node) === values.at(node - 1) ? 0 : 1));
    }
  }

  #level(level: number): Level {
    return this.#levels[level] as Level; // callers count from 0 to depth
  }
}

function checkedValue(value: number | undefined, index: number): number {
  if (value !== undefined && value >>> 0 === value) return value;
  throw new OptionError(`The path of task ${index} has ${value} where the number of a value is due: 0 to 2 ** 32 - 1.`);
}
