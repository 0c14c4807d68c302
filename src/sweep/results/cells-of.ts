import type { Value } from '../../task/value.js';
import type { Column, TableData } from './table-data.js';

/** One column for a binary format. */
export interface TypedCells {
  readonly type: Column['type'];
  readonly cells: readonly (Value | bigint)[];
}

/** The values of a column as binary formats take them: whole numbers as bigints, lists and objects as JSON. */
export function cellsOf({ rows }: TableData, { name, type }: Column): TypedCells {
  const convert = type === 'int' ? bigintOf : type === 'json' ? jsonOf : (value: Value): Value => value;
  return { type, cells: rows.map((row) => convert(row[name] ?? null)) };
}

function bigintOf(value: Value): bigint | null {
  return typeof value === 'number' ? BigInt(value) : null;
}

function jsonOf(value: Value): string | null {
  return value === null ? null : JSON.stringify(value);
}
