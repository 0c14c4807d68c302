import type { Share } from './batch.js';
import type { TaskTree } from './task-tree.js';

/**
 * Who works at what in the beginning, so that every value is loaded as few times as it can be with so many workers.
 * Values of the first level that are at least as many as workers stay one share, from which values are taken whole.
 * Fewer values than workers: each value gets workers by its number of tasks, and these split what is below it in the
 * same way. Tasks of one last value are shared, not split.
 */
export function firstShares(tree: TaskTree, workers: number): Share[] {
  if (tree.size === 0) return [];
  const values = tree.nodesIn(0, tree.size, 0);
  if (values >= workers) return [shareOf(0, tree.size)];
  return sharesOfFew(tree, { from: 0, to: tree.size, level: 0, workers });
}

interface Part {
  readonly from: number;
  readonly to: number;
  /** The level whose nodes are to be handed out. */
  readonly level: number;
  readonly workers: number;
}

function sharesOf(tree: TaskTree, part: Part): Share[] {
  if (part.workers === 1) return [shareOf(part.from, part.to)];
  if (part.level === tree.depth) return [shareOf(part.from, part.to, part.workers)];
  return tree.nodesIn(part.from, part.to, part.level) < part.workers
    ? sharesOfFew(tree, part)
    : sharesOfMany(tree, part);
}

/** Fewer nodes than workers: every node gets one worker, and each further one goes where most tasks fall to one. */
function sharesOfFew(tree: TaskTree, { from, to, level, workers }: Part): Share[] {
  const first = tree.nodeAt(from, level);
  const nodes = Array.from({ length: tree.nodesIn(from, to, level) }, (_, i) => ({
    from: tree.startOf(first + i, level),
    to: tree.endOf(first + i, level),
    level: level + 1,
    workers: 1,
  }));
  for (let more = workers - nodes.length; more > 0; more--) {
    const busiest = nodes.reduce((a, b) => ((b.to - b.from) / b.workers > (a.to - a.from) / a.workers ? b : a));
    if (busiest.to - busiest.from <= busiest.workers) break; // a task each: nobody can help
    busiest.workers++;
  }
  return nodes.flatMap((node) => sharesOf(tree, node));
}

/** At least as many nodes as workers: neighbours go together, each worker gets about the same number of tasks. */
function sharesOfMany(tree: TaskTree, { from, to, level, workers }: Part): Share[] {
  const end = tree.nodeAt(to - 1, level) + 1;
  let node = tree.nodeAt(from, level);
  return Array.from({ length: workers }, (_, i) => {
    const start = tree.startOf(node, level);
    const goal = from + ((to - from) * (i + 1)) / workers;
    const last = end - (workers - 1 - i); // each of the others needs one
    node++;
    while (node < last && goal - tree.startOf(node, level) > tree.endOf(node, level) - goal) node++;
    return shareOf(start, i === workers - 1 ? to : tree.startOf(node, level));
  });
}

function shareOf(from: number, to: number, takers = 1): Share {
  return { batch: { from, to }, takers };
}
