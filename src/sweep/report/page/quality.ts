import type { Goal, Metric } from './metric.js';

/** How good a value of a metric is among all of its values. */
export interface Quality {
  /** The part of the tasks that are not better: 0 for the worst, 1 for the best. So no diverged run takes the colours of all others. */
  readonly of: (value: number) => number;
  readonly worst: number | undefined;
  readonly median: number | undefined;
  readonly best: number | undefined;
}

export function qualityOf({ values }: Metric, goal: Goal): Quality {
  const known = Float64Array.from(values.filter((value) => value !== null)).sort();
  const rankOf = (value: number): number => (below(known, value) + below(known, value, { orEqual: true }) - 1) / 2;
  const last = known.length - 1;
  const upward = (value: number): number => {
    const [least, greatest] = [rankOf(known[0] ?? 0), rankOf(known[last] ?? 0)];
    return greatest === least ? 1 : Math.min(1, Math.max(0, (rankOf(value) - least) / (greatest - least)));
  };
  const [least, median, greatest] = [known[0], known[last >> 1], known[last]];
  if (goal === 'max' || least === greatest) return { of: upward, worst: least, median, best: greatest };
  return { of: (value) => 1 - upward(value), worst: greatest, median, best: least };
}

/** How many of the sorted values are less than that. */
function below(sorted: Float64Array, value: number, { orEqual = false } = {}): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const each = sorted[middle] ?? 0;
    if (each < value || (orEqual && each === value)) from = middle + 1;
    else to = middle;
  }
  return from;
}
