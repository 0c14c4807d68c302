import type { Value } from '../../../task/value.js';
import type { ReportColumn } from '../report-data.js';
import { codesOf } from './codes.js';
import { numberOf } from './format.js';
import { labelsOf, placeIn } from './scale.js';

/** The rows or columns of a grid: values of a parameter, or ranges of them. */
export interface Levels {
  readonly labels: readonly string[];
  readonly of: (index: number) => number | undefined;
  /** Values that have no place in it. */
  readonly leftOut: number;
}

const LEVELS_MAX = 30;
const RANGES = 12;

/** One for each value; many numbers fall into ranges, and of many other values the most frequent ones are kept. */
export function levelsOf({ values }: ReportColumn): Levels {
  const { distinct, positions } = codesOf(values);
  const of = (index: number): number | undefined => placeIn(positions, index);
  if (distinct.length <= LEVELS_MAX) return { labels: labelsOf(distinct), of, leftOut: 0 };
  const numbers = distinct.filter((value) => typeof value === 'number');
  if (numbers.length === distinct.length) return rangesOf(values, numbers);
  const counts = new Int32Array(distinct.length);
  for (const position of positions) if (position >= 0) counts[position] = (counts[position] ?? 0) + 1;
  const all = distinct.map((_, position) => position);
  const kept = all.toSorted((one, other) => (counts[other] ?? 0) - (counts[one] ?? 0)).slice(0, LEVELS_MAX);
  kept.sort((one, other) => one - other);
  const rows = new Map(kept.map((position, row) => [position, row]));
  const labels = labelsOf(kept.map((position) => distinct[position] ?? null));
  return { labels, of: (index) => rows.get(positions[index] ?? -1), leftOut: distinct.length - LEVELS_MAX };
}

/** Of the same width; of the same ratio where the numbers span decades. */
function rangesOf(values: readonly Value[], sorted: readonly number[]): Levels {
  const [least = 0, greatest = 0] = [sorted[0], sorted.at(-1)];
  const isLog = least > 0 && greatest / least >= 100;
  const place = isLog ? Math.log : (value: number): number => value;
  const back = isLog ? Math.exp : (value: number): number => value;
  const width = (place(greatest) - place(least)) / RANGES;
  const edge = (at: number): string => numberOf(Number(back(place(least) + at * width).toPrecision(3)));
  return {
    labels: Array.from({ length: RANGES }, (_, at) => `${edge(at)} – ${edge(at + 1)}`),
    of: (index) => {
      const value = values[index];
      if (typeof value !== 'number') return undefined;
      return Math.min(RANGES - 1, Math.floor((place(value) - place(least)) / width));
    },
    leftOut: 0,
  };
}
