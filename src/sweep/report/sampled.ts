import type { Row } from '../results/table-data.js';

const BEST_KEPT = 20; // of each column, at either end
const COLUMNS_MAX = 50;

/**
 * Which rows to show where they are too many: evenly spaced ones, for these look like all of them; and those with the
 * least and the greatest values, for they are looked for. In their order.
 */
export function sampled(
  rows: readonly Row[],
  { max, bestBy }: { readonly max: number; readonly bestBy: readonly string[] },
): number[] {
  const all = rows.map((_, index) => index);
  if (rows.length <= max) return all;
  const kept = new Set(bestBy.slice(0, COLUMNS_MAX).flatMap((name) => extremes(rows, name)));
  const others = all.filter((index) => !kept.has(index));
  const wanted = Math.max(0, max - kept.size);
  for (let taken = 0; taken < wanted; taken += 1) {
    kept.add(others[Math.floor((taken * others.length) / wanted)] ?? 0);
  }
  return [...kept].sort((one, other) => one - other).slice(0, max);
}

function extremes(rows: readonly Row[], name: string): number[] {
  const known = rows.flatMap((row, index) => {
    const value = row[name];
    return typeof value === 'number' ? [{ index, value }] : [];
  });
  known.sort((one, other) => one.value - other.value);
  return [...known.slice(0, BEST_KEPT), ...known.slice(-BEST_KEPT)].map(({ index }) => index);
}
