import type { ReportColumn } from '../report-data.js';
import { codesOf } from './codes.js';
import type { Metric } from './metric.js';
import { placeIn } from './scale.js';

const GROUPS_MAX = 10;

/**
 * How much of the order of the tasks goes with one parameter alone, 0 to 1: epsilon squared of their ranks, which does not count
 * what groups of that size differ by chance, nor how far off a diverged run is. It is 0 where nothing can be said.
 */
export function importanceOf({ values }: ReportColumn, metric: Metric): number {
  const groups = new Map<number, number[]>();
  const groupAt = grouping(values);
  const all = ranksOf(metric.values).flatMap((rank, index) => {
    const group = groupAt(index);
    if (rank === undefined || group === undefined) return [];
    const known = groups.get(group);
    if (known) known.push(rank);
    else groups.set(group, [rank]);
    return [rank];
  });
  if (groups.size < 2 || all.length <= groups.size) return 0;
  const total = squaresOf(all);
  if (total === 0) return 0;
  const within = [...groups.values()].reduce((sum, group) => sum + squaresOf(group), 0);
  const byChance = ((groups.size - 1) * within) / (all.length - groups.size);
  return Math.min(1, Math.max(0, (total - within - byChance) / total));
}

const ranks = new WeakMap<Metric['values'], readonly (number | undefined)[]>();

function ranksOf(values: Metric['values']): readonly (number | undefined)[] {
  const known = ranks.get(values) ?? ranked(values);
  ranks.set(values, known);
  return known;
}

/** Equal values share the mean of their ranks. */
function ranked(values: Metric['values']): (number | undefined)[] {
  const sorted = values.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
  sorted.sort((one, other) => one.value - other.value);
  const made: (number | undefined)[] = values.map(() => undefined);
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    while (to < sorted.length && sorted[to]?.value === sorted[from]?.value) to += 1;
    for (const { index } of sorted.slice(from, to)) made[index] = (from + to - 1) / 2;
  }
  return made;
}

/** By value; many numbers fall into groups of about the same size. */
function grouping(values: ReportColumn['values']): (index: number) => number | undefined {
  const { distinct, positions } = codesOf(values);
  const isFew = distinct.length <= GROUPS_MAX || !distinct.every((value) => typeof value === 'number');
  return (index) => {
    const position = placeIn(positions, index);
    if (position === undefined || isFew) return position;
    return Math.floor((position * GROUPS_MAX) / distinct.length);
  };
}

function squaresOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}
