import type { Value } from '../../task/value.js';

/** Numbers by size, strings by their code units, the rest by their JSON; of several types: booleans, numbers, strings, the rest. */
export function compareValues(one: Value, other: Value): number {
  const byType = rankOf(one) - rankOf(other);
  if (byType !== 0) return byType;
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  const [a, b] = typeof one === 'object' ? [keyOf(one), keyOf(other)] : [one, other];
  return a === b ? 0 : a !== null && b !== null && a < b ? -1 : 1;
}

/** The same for equal values only, however the keys of an object are ordered. */
export function keyOf(value: Value): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(keyOf).join()}]`;
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, each]) => `${JSON.stringify(name)}:${keyOf(each)}`).join()}}`;
}

function isList(value: object): value is readonly Value[] {
  return Array.isArray(value);
}

function rankOf(value: Value): number {
  switch (typeof value) {
    case 'boolean':
      return 0;
    case 'number':
      return 1;
    case 'string':
      return 2;
    default:
      return 3;
  }
}
