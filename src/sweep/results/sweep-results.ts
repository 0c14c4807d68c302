import { isCount, isFunction } from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';
import type { Value } from '../../task/value.js';
import { type BestOptions, bestWanted, type Objective } from './best.js';
import { columnOf } from './columns.js';
import { concise } from './concise.js';
import { type CsvOptions, csvOf } from './csv.js';
import { metaNames, type SweepEntry, type TableOptions, tableOf } from './entry.js';
import { Groups } from './groups.js';
import { markdownOf } from './markdown.js';
import { Missing } from './missing.js';
import { compareValues } from './order.js';
import { type Progress, progressOf } from './progress.js';
import { type Column, isNumeric, type Row, type TableData } from './table-data.js';
import { statsOf, type TaskStats } from './task-stats.js';
import { type TextTableOptions, textTableOf } from './text-table.js';
import { tableOfRows } from './tidy.js';
import { writeTable } from './write-table.js';

export interface SweepResultsOptions extends TableOptions {
  /** How many tasks are at work now. Default 0. */
  readonly active?: number;
  /** Which result is wanted. */
  readonly objective?: Objective;
}

/** Of the whole sweep, whatever a table was made to show of it. */
interface Sweep {
  readonly entries: readonly SweepEntry[];
  readonly objective: Objective | undefined;
  readonly missing: Missing;
  readonly progress: Progress;
  readonly stats: TaskStats;
}

/**
 * What a sweep has come to: a table with one row for each task that is done, in the order of the plan, and what there
 * is to know of the others. It never changes; each operation gives a new one, whose `missing`, `progress` and `stats` are still
 * those of the whole sweep.
 *
 * A table holds what JSON can carry. `null` is what is not there: in aggregates it counts for nothing, in an order it
 * comes last, and it is never the best. NaN and infinities become `null`.
 */
export class SweepResults implements Iterable<Row> {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly #sweep: Sweep;

  private constructor({ columns, rows }: TableData, sweep: Sweep) {
    this.columns = Object.freeze([...columns]);
    this.rows = Object.freeze([...rows]);
    this.#sweep = sweep;
  }

  /** Of the tasks of a plan, in its order. */
  static of(tasks: Iterable<SweepEntry>, options: SweepResultsOptions = {}): SweepResults {
    const wrong = options.meta?.find((name) => !metaNames.includes(name));
    if (wrong !== undefined) {
      throw new OptionError(`The option "meta" takes ${metaNames.join(', ')}; not ${JSON.stringify(wrong)}.`);
    }
    const entries = [...tasks];
    return new SweepResults(tableOf(entries, options), lazySweep(entries, options));
  }

  get length(): number {
    return this.rows.length;
  }

  /** The tasks without success: why, and with which parameters to run them again. */
  get missing(): Missing {
    return this.#sweep.missing;
  }

  get progress(): Progress {
    return this.#sweep.progress;
  }

  get stats(): TaskStats {
    return this.#sweep.stats;
  }

  /** All tasks of the sweep, with how they ended: what `writeReport()` takes. */
  get entries(): readonly SweepEntry[] {
    return this.#sweep.entries;
  }

  [Symbol.iterator](): IterableIterator<Row> {
    return this.rows[Symbol.iterator]();
  }

  filter(isWanted: (row: Row, index: number) => boolean): SweepResults {
    mustBeFunction('filter', isWanted);
    return this.#show({ columns: this.columns, rows: this.rows.filter(isWanted) });
  }

  /** Other rows; their new columns count as results. `results.rows.map()` makes a list of anything. */
  map(make: (row: Row, index: number) => Readonly<Record<string, unknown>>): SweepResults {
    mustBeFunction('map', make);
    const kinds = new Map(this.columns.map(({ name, kind }) => [name, kind]));
    const made = this.rows.map((row, index) => make(row, index));
    return this.#show(tableOfRows(made, (name) => kinds.get(name) ?? 'result'));
  }

  /** Equal ones stay in their order; `null` comes last, either way. */
  sort(name: string, direction: 'asc' | 'desc' = 'asc'): SweepResults {
    columnOf(this, name);
    const sign = direction === 'asc' ? 1 : -1;
    const valueIn = (row: Row): Value => row[name] ?? null;
    const rows = this.rows.toSorted((one, other) => {
      const [a, b] = [valueIn(one), valueIn(other)];
      return a === null || b === null ? Number(a === null) - Number(b === null) : sign * compareValues(a, b);
    });
    return this.#show({ columns: this.columns, rows });
  }

  /** These columns, in this order. */
  select(...names: string[]): SweepResults {
    const columns = [...new Set(names)].map((name) => columnOf(this, name));
    const rows = this.rows.map((row): Row => {
      return Object.freeze(Object.fromEntries(columns.map(({ name }) => [name, row[name] ?? null])));
    });
    return this.#show({ columns, rows });
  }

  groupBy(...keys: string[]): Groups<SweepResults> {
    return new Groups(this, keys, (data) => this.#show(data));
  }

  /** Mean and standard deviation over the values of one parameter, for each choice of all others. */
  overSeeds(name = 'seed'): SweepResults {
    columnOf(this, name);
    const others = this.columns.filter((column) => column.kind === 'parameter' && column.name !== name);
    return this.groupBy(...others.map((column) => column.name)).spread();
  }

  /** The rows with the least or the greatest values, the best first; of equal ones that which comes first in the plan. */
  best(metric: string, options: BestOptions): SweepResults;
  /** By the `objective` of the sweep. */
  best(options?: Pick<BestOptions, 'count'>): SweepResults;
  best(given: string | Pick<BestOptions, 'count'> = {}, options: Partial<BestOptions> = {}): SweepResults {
    const { metric, goal, count } = bestWanted(given, { options, objective: this.#sweep.objective });
    if (goal !== 'min' && goal !== 'max') throw new OptionError(`The option "goal" takes 'min' or 'max'.`);
    if (isCount(count)) throw new OptionError(`The option "count" takes ${isCount(count)}.`);
    const column = columnOf(this, metric);
    if (!isNumeric(column) && column.type !== 'null') {
      throw new OptionError(`There is no best of "${metric}": it holds ${column.type}. Name a column of numbers.`);
    }
    const known = this.filter((row) => row[metric] !== null).sort(metric, goal === 'min' ? 'asc' : 'desc');
    return known.filter((_, index) => index < count);
  }

  /** Without the parameters and meta columns that say the same in every row, and without what is `null` throughout. */
  concise(): SweepResults {
    return this.select(...concise(this).map(({ name }) => name));
  }

  toArray(): Row[] {
    return [...this.rows];
  }

  /** Copies, down to the last list: the caller's own. */
  toRecords(): Record<string, Value>[] {
    return this.rows.map((row) => structuredClone(row) as Record<string, Value>); // a clone is not frozen
  }

  toCsv(options?: CsvOptions): string {
    return csvOf(this, options);
  }

  /** A list of rows. */
  toJson(): string {
    return `[${this.rows.map((row) => `\n  ${JSON.stringify(row)}`).join()}${this.length > 0 ? '\n' : ''}]\n`;
  }

  /** One row a line, each with all columns. */
  toJsonLines(): string {
    return this.rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  }

  /** `width`: of a column at most; longer texts are cut. Default: as wide as they are. */
  toMarkdown(options: { width?: number } = {}): string {
    return markdownOf(this, options);
  }

  /** Whole numbers are INT64, lists and objects JSON. */
  async toParquet(): Promise<Uint8Array> {
    return (await import('./parquet.js')).parquetOf(this);
  }

  /** An Arrow IPC file, as Feather 2 is. Whole numbers are Int64, lists and objects JSON in Utf8. */
  async toArrow(): Promise<Uint8Array> {
    return (await import('./arrow.js')).arrowOf(this);
  }

  /** Writes a file, of the kind that its name ends with. It is there as a whole, or as it was before. */
  write(path: string): Promise<void> {
    return writeTable(this, path);
  }

  /** Lines to be printed: none is wider than `width`. Nothing is printed here. */
  table(options?: TextTableOptions): string[] {
    return textTableOf(this, options);
  }

  #show(data: TableData): SweepResults {
    return new SweepResults(data, this.#sweep);
  }
}

/** Each is made when somebody asks for it: while a sweep runs, most are not asked for. */
function lazySweep(entries: readonly SweepEntry[], { active = 0, objective }: SweepResultsOptions): Sweep {
  let missing: Missing | undefined;
  let progress: Progress | undefined;
  let stats: TaskStats | undefined;
  return {
    entries,
    objective,
    get missing(): Missing {
      missing ??= new Missing(entries);
      return missing;
    },
    get progress(): Progress {
      progress ??= progressOf(entries, active);
      return progress;
    },
    get stats(): TaskStats {
      stats ??= statsOf(entries);
      return stats;
    },
  };
}

function mustBeFunction(method: string, value: unknown): void {
  const expected = isFunction(value);
  if (expected) throw new OptionError(`${method}() takes ${expected}.`);
}
