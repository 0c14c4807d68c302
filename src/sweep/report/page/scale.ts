import type { Value } from '../../../task/value.js';
import type { ReportColumn } from '../report-data.js';
import { type Codes, codesOf } from './codes.js';
import { numberOf, textOf } from './format.js';

/** How the values of a column are laid out along an axis of numbers: as they are, by their logarithm, or one after the other. */
export interface Scale {
  readonly name: string;
  readonly kind: 'linear' | 'log' | 'category';
  /** How many different values there are, `null` aside. */
  readonly distinct: number;
  /** Where the task with that index is; `undefined` where it has no value. */
  readonly at: (index: number) => number | undefined;
  /** What to write at a place. */
  readonly label: (place: number) => string;
  /** Places that are labelled; not there where round numbers do. */
  readonly ticks?: readonly number[];
  readonly from: number;
  readonly to: number;
}

const DECADES = 100; // from here on an axis is logarithmic
const ORDERED_MAX = 20; // values that are numbers and yet better shown one beside the other
const TICKS_MAX = 7; // values that are labelled themselves

export function scaleOf({ name, values }: ReportColumn, write: (value: number) => string = numberOf): Scale {
  const { distinct } = codesOf(values);
  const numbers = distinct.filter((value) => typeof value === 'number');
  const kind = numbers.length === distinct.length && numbers.length > 0 ? kindOf(numbers) : 'category';
  if (kind === 'category') return { name, ...categories(codesOf(values)) };
  const place = kind === 'log' ? Math.log10 : (value: number): number => value;
  const at = (index: number): number | undefined => {
    const value = values[index];
    return typeof value === 'number' ? place(value) : undefined;
  };
  const label = kind === 'log' ? (where: number): string => write(Number((10 ** where).toPrecision(6))) : write;
  const [least = 0, greatest = 0] = [numbers[0], numbers.at(-1)].map((value) => place(value ?? 0));
  const gap = (greatest - least) * 0.04 || Math.abs(least) * 0.1 || 1;
  const ticks =
    numbers.length <= TICKS_MAX ? numbers.map(place) : kind === 'log' ? decades(least, greatest) : undefined;
  const ends = { from: least - gap, to: greatest + gap };
  return { name, kind, distinct: distinct.length, at, label, ...(ticks && { ticks }), ...ends };
}

/** `1` and `"1"` look alike, where both are there. */
export function labelsOf(values: readonly Value[]): string[] {
  const texts = values.map(textOf);
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return texts.map((text, index) => (counts.get(text) === 1 ? text : JSON.stringify(values[index])));
}

/** One beside the other, too, are a zero and powers of ten: there is no axis on which they could be told apart. */
function kindOf(sorted: readonly number[]): Scale['kind'] {
  const positive = sorted.filter((value) => value > 0);
  const [least = 0, greatest = 0] = [positive[0], positive.at(-1)];
  if (positive.length < 2 || greatest / least < DECADES) return 'linear';
  if (positive.length === sorted.length) return 'log';
  return sorted.length <= ORDERED_MAX ? 'category' : 'linear';
}

function categories({ distinct, positions }: Codes): Omit<Scale, 'name'> {
  const labels = labelsOf(distinct);
  return {
    kind: 'category',
    distinct: distinct.length,
    at: (index) => placeIn(positions, index),
    label: (place) => labels[place] ?? '',
    ticks: labels.map((_, position) => position),
    from: -0.5,
    to: Math.max(0, labels.length - 1) + 0.5,
  };
}

/** `undefined` for what has no place. */
export function placeIn(positions: Int32Array, index: number): number | undefined {
  const position = positions[index] ?? -1;
  return position < 0 ? undefined : position;
}

/** Every power of ten in between, or every second, and so on. */
function decades(least: number, greatest: number): number[] {
  const [first, last] = [Math.ceil(least - 1e-9), Math.floor(greatest + 1e-9)];
  const step = Math.max(1, Math.ceil((last - first + 1) / TICKS_MAX));
  const all = Array.from({ length: Math.max(0, Math.floor((last - first) / step) + 1) }, (_, at) => first + at * step);
  return all.length > 1 ? all : [least, greatest];
}
