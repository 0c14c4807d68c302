import { OptionError } from '../../base/errors.js';
import type { Value } from '../../task/value.js';
import { type Aggregate, aggregates } from './aggregates.js';
import { columnOf } from './columns.js';
import { freeName } from './naming.js';
import { keyOf } from './order.js';
import { type Column, type ColumnType, isNumeric, type Row, type TableData } from './table-data.js';

/** One column of the answer. */
interface Reduction {
  readonly name: string;
  readonly of: Column;
  readonly by: Aggregate;
  readonly spreadOf?: string;
}

/**
 * Rows that have the same values in some columns, in the order in which these values first come up. Each method makes a
 * table of one row a group: the values that the group has in common, then those of the columns that are named; without
 * names, of all numeric columns but parameters. `null` counts for nothing in them.
 */
export class Groups<Table> {
  readonly #keys: readonly Column[];
  readonly #groups: readonly (readonly Row[])[];
  readonly #data: TableData;
  readonly #make: (data: TableData) => Table;

  constructor(data: TableData, keys: readonly string[], make: (data: TableData) => Table) {
    this.#data = data;
    this.#make = make;
    this.#keys = keys.map((name) => columnOf(data, name));
    this.#groups = groupsOf(data.rows, keys);
  }

  get length(): number {
    return this.#groups.length;
  }

  /** Each group's rows, as a table of their own. */
  *[Symbol.iterator](): IterableIterator<Table> {
    for (const rows of this.#groups) yield this.#make({ columns: this.#data.columns, rows });
  }

  mean(...names: string[]): Table {
    return this.#reduce(this.#each(names, 'mean'));
  }

  /** Of a sample, by n - 1; `null` for a single value. */
  std(...names: string[]): Table {
    return this.#reduce(this.#each(names, 'std'));
  }

  min(...names: string[]): Table {
    return this.#reduce(this.#each(names, 'min'));
  }

  max(...names: string[]): Table {
    return this.#reduce(this.#each(names, 'max'));
  }

  median(...names: string[]): Table {
    return this.#reduce(this.#each(names, 'median'));
  }

  /** How many rows there are, as `n`; with names, how many values that are not `null`. */
  count(...names: string[]): Table {
    return names.length === 0 ? this.#reduce([], 'n') : this.#reduce(this.#each(names, 'count'));
  }

  /** The mean of each column, `NAME.std` behind it, and at the end `n`, the number of rows. */
  spread(...names: string[]): Table {
    const both = this.#numeric(names).flatMap((of): Reduction[] => [
      { name: of.name, of, by: 'mean' },
      { name: `${of.name}.std`, of, by: 'std', spreadOf: of.name },
    ]);
    return this.#reduce(both, 'n');
  }

  #each(names: readonly string[], by: Aggregate): Reduction[] {
    const columns = by === 'count' ? names.map((name) => columnOf(this.#data, name)) : this.#numeric(names);
    return columns.map((of) => ({ name: of.name, of, by }));
  }

  #numeric(names: readonly string[]): readonly Column[] {
    const keys = new Set(this.#keys.map(({ name }) => name));
    if (names.length === 0) {
      return this.#data.columns.filter((each) => isNumeric(each) && each.kind !== 'parameter' && !keys.has(each.name));
    }
    return names.map((name) => {
      const column = columnOf(this.#data, name);
      if (isNumeric(column) || column.type === 'null') return column;
      throw new OptionError(`The column "${name}" holds ${column.type}, not numbers. Name one that holds numbers.`);
    });
  }

  #reduce(reductions: readonly Reduction[], countName?: string): Table {
    const taken = new Set(this.#keys.map(({ name }) => name));
    const named = reductions.map((each) => ({ ...each, name: freeName(each.name, { prefix: 'group', taken }) }));
    const count = countName === undefined ? undefined : freeName(countName, { prefix: 'group', taken });
    const rows = this.#groups.map((group): Row => {
      const fields: [string, Value][] = this.#keys.map(({ name }) => [name, group[0]?.[name] ?? null]);
      for (const { name, of, by } of named) fields.push([name, reduced(group, of, by)]);
      if (count !== undefined) fields.push([count, group.length]);
      return Object.freeze(Object.fromEntries(fields));
    });
    const columns = named.map(({ name, of, by, spreadOf }): Column => {
      return { name, kind: of.kind, type: typeAfter(by, of), ...(spreadOf !== undefined && { spreadOf }) };
    });
    if (count !== undefined) columns.push({ name: count, kind: 'meta', type: 'int' });
    return this.#make({ columns: [...this.#keys, ...columns], rows });
  }
}

/** A mean is no whole number, even where it happens to be one. */
function typeAfter(by: Aggregate, { type }: Column): ColumnType {
  return by === 'count' ? 'int' : by === 'min' || by === 'max' ? type : 'float';
}

function groupsOf(rows: readonly Row[], keys: readonly string[]): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keys.map((name) => keyOf(row[name] ?? null)).join();
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()];
}

function reduced(group: readonly Row[], { name }: Column, by: Aggregate): number | null {
  if (by === 'count') return group.reduce((count, row) => (row[name] === null ? count : count + 1), 0);
  return aggregates[by](group.flatMap((row) => (typeof row[name] === 'number' ? [row[name]] : [])));
}
