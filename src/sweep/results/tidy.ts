import type { Value } from '../../task/value.js';
import { type ColumnKind, type Row, type TableData, typeOfColumn } from './table-data.js';

/**
 * A table of rows that somebody made by hand. What no table can hold becomes `null`: `undefined`, NaN, infinities,
 * functions. A bigint becomes a number, or a string where that would not be exact; a date its ISO form.
 */
export function tableOfRows(
  made: readonly Readonly<Record<string, unknown>>[],
  kindOf: (name: string) => ColumnKind,
): TableData {
  const names = new Set<string>();
  for (const row of made) for (const name of Object.keys(row)) names.add(name);
  const rows = made.map((row): Row => {
    const valueAt = (name: string): Value => (Object.hasOwn(row, name) ? tidy(row[name]) : null);
    return Object.freeze(Object.fromEntries([...names].map((name) => [name, valueAt(name)])));
  });
  const columns = [...names].map((name) => ({ name, kind: kindOf(name), type: typeOfColumn(name, rows) }));
  return { columns, rows };
}

export function tidy(value: unknown): Value {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    case 'object':
      return value === null ? null : tidyObject(value);
    default:
      return null;
  }
}

function tidyObject(value: object): Value {
  if (Array.isArray(value)) return value.map(tidy);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, tidy(each)]));
}
