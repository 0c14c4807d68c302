import type { Value } from '../../task/value.js';

/** Where a column comes from. `meta`: of how the task was run. */
export type ColumnKind = 'parameter' | 'result' | 'metric' | 'meta';

/**
 * What all values of a column are, `null` aside. `json`: several things, or lists and objects. `null`: there is nothing
 * else. Whole numbers beyond 2^53 are `float`, since they are not exact.
 */
export type ColumnType = 'int' | 'float' | 'bool' | 'string' | 'json' | 'null';

export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly type: ColumnType;
  /** It is the standard deviation of this column: printed behind it, as `0.5 ± 0.1`. */
  readonly spreadOf?: string;
}

/** Has every column of its table; `null` where there is nothing. */
export type Row = Readonly<Record<string, Value>>;

export interface TableData {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** What values of these two types are together. */
function commonType(one: ColumnType, other: ColumnType): ColumnType {
  if (one === other || other === 'null') return one;
  if (one === 'null') return other;
  const areNumbers = (one === 'int' || one === 'float') && (other === 'int' || other === 'float');
  return areNumbers ? 'float' : 'json';
}

function typeOf(value: Value): ColumnType {
  switch (typeof value) {
    case 'number':
      return Number.isSafeInteger(value) ? 'int' : 'float';
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    default:
      return value === null ? 'null' : 'json';
  }
}

/** The type that the values of one column have together. */
export function typeOfColumn(name: string, rows: readonly Row[]): ColumnType {
  let type: ColumnType = 'null';
  for (const row of rows) {
    type = commonType(type, typeOf(row[name] ?? null));
    if (type === 'json') break;
  }
  return type;
}

export function isNumeric({ type }: Column): boolean {
  return type === 'int' || type === 'float';
}
