import { keyOf } from './order.js';
import type { Column, TableData } from './table-data.js';

/**
 * The columns that tell something: parameters and meta columns that are not the same in all rows, and whatever else is
 * not `null` throughout. A result is what one looks for, also where it is always the same.
 */
export function concise({ columns, rows }: TableData): readonly Column[] {
  const [first, ...others] = rows;
  if (!first || others.length === 0) return columns;
  return columns.filter(({ name, kind, type }) => {
    if (type === 'null') return false;
    if (kind === 'result' || kind === 'metric') return others.concat(first).some((row) => row[name] !== null);
    const key = keyOf(first[name] ?? null);
    return others.some((row) => keyOf(row[name] ?? null) !== key);
  });
}
