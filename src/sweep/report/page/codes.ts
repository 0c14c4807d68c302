import type { Value } from '../../../task/value.js';

/** The different values of a column, and which of them each task has. */
export interface Codes {
  /** Numbers by size, then the rest as it comes in the plan; without `null`. */
  readonly distinct: readonly Value[];
  /** For each task a position in `distinct`; -1 for `null`. */
  readonly positions: Int32Array;
}

const known = new WeakMap<readonly Value[], Codes>();

/** Made once for each list: many charts ask for it. */
export function codesOf(values: readonly Value[]): Codes {
  const codes = known.get(values) ?? made(values);
  known.set(values, codes);
  return codes;
}

function made(values: readonly Value[]): Codes {
  const numbers = new Set<number>();
  const others = new Map<unknown, Value>();
  for (const value of values) {
    if (typeof value === 'number') numbers.add(value);
    else if (value !== null) others.set(keyOf(value), value);
  }
  const sorted = [...numbers].sort((one, other) => one - other);
  const positions = new Map<unknown, number>();
  for (const value of sorted) positions.set(value, positions.size);
  for (const key of others.keys()) positions.set(key, positions.size);
  return {
    distinct: [...sorted, ...others.values()],
    positions: Int32Array.from(values, (value) => positions.get(keyOf(value)) ?? -1),
  };
}

/** Lists and objects are the same if their JSON is; no text begins as their keys do. */
function keyOf(value: Value): unknown {
  if (typeof value === 'object' && value !== null) return `\u0000${JSON.stringify(value)}`;
  return value;
}
