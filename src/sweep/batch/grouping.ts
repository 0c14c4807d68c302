import { NodeIndex } from './node-index.js';
import { Numbers, sortedBy } from './numbers.js';

/** Tasks that have the same values, brought together. */
export interface Grouping {
  /** Positions in the list of tasks that was given, in the order they are dealt in. */
  readonly order: Numbers;
  /** For each of these its deepest node, counted from 0. */
  readonly leaves: Numbers;
  /** For every level: of each node its value and the node above it, counted from 0. */
  readonly levels: readonly { readonly values: Numbers; readonly parents: Numbers }[];
}

/**
 * Groups tasks by their values: by those of the first level, within each by those of the second, and so on. What comes
 * first stands first, so that tasks whose values lie together already stay as they are. `valuesOf` fills in the values
 * of one task; the time taken grows with the number of tasks, not faster.
 */
export function group(count: number, depth: number, valuesOf: (task: number, into: number[]) => void): Grouping {
  const found = Array.from({ length: depth }, () => new NodeIndex()); // nodes in the order of their first tasks
  const leafOfTask = find(found, count, valuesOf);
  let ranks = Numbers.zeros(1);
  const levels = found.map(({ parents, values }, level) => {
    const rankOfParent = level === 0 ? parents : mapped(parents, ranks);
    const sorted = sortedBy(rankOfParent, Math.max(ranks.length, 1));
    ranks = inverse(sorted);
    return { values: mapped(sorted, values), parents: mapped(sorted, rankOfParent) };
  });
  const leafRanks = mapped(leafOfTask, ranks);
  const order = sortedBy(leafRanks, ranks.length);
  return { order, leaves: mapped(order, leafRanks), levels };
}

function find(levels: readonly NodeIndex[], count: number, valuesOf: (task: number, into: number[]) => void): Numbers {
  const leaves = new Numbers(count);
  let last: number[] = [];
  let values: number[] = [];
  let leaf = 0;
  for (let task = 0; task < count; task++) {
    valuesOf(task, values);
    if (task === 0 || !isSame(values, last)) leaf = leafFor(levels, values);
    leaves.push(leaf);
    [last, values] = [values, last];
  }
  return leaves;
}

function leafFor(levels: readonly NodeIndex[], values: readonly number[]): number {
  let node = 0;
  for (let level = 0; level < levels.length; level++) node = levels[level]?.numberOf(node, values[level] ?? 0) ?? 0;
  return node;
}

function isSame(some: readonly number[], others: readonly number[]): boolean {
  for (let i = 0; i < some.length; i++) if (some[i] !== others[i]) return false;
  return true;
}

function mapped(positions: Numbers, items: Numbers): Numbers {
  const result = new Numbers(positions.length);
  for (let i = 0; i < positions.length; i++) result.push(items.at(positions.at(i)));
  return result;
}

function inverse(permutation: Numbers): Numbers {
  const result = Numbers.zeros(permutation.length);
  for (let i = 0; i < permutation.length; i++) result.set(permutation.at(i), i);
  return result;
}
