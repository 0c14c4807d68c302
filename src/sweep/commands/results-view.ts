import { OptionError } from '../../base/errors.js';
import type { TaskStatus } from '../../task/record.js';
import { columnOf } from '../results/columns.js';
import { type MetaName, metaNames, type SweepEntry } from '../results/entry.js';
import { SweepResults } from '../results/sweep-results.js';
import type { Row } from '../results/table-data.js';
import { Expression } from '../space/expression/expression.js';

/** What a table is made of, in the order in which it is done. */
export interface ResultsQuery {
  readonly include?: readonly string[];
  readonly meta?: readonly string[];
  /** Rows for which all of them are true. What a row does not have makes them false. */
  readonly filters?: readonly string[];
  /** Columns to group by: mean and standard deviation of the others. */
  readonly groupBy?: readonly string[];
  /** As `groupBy` with all parameters but this one. */
  readonly overSeeds?: string | undefined;
  /** `loss`, `loss:min` or `accuracy:max`. */
  readonly best?: string | undefined;
  /** How many of the best. */
  readonly count?: number | undefined;
  /** `loss` or `loss:desc`; the first counts most. */
  readonly sort?: readonly string[];
  readonly columns?: readonly string[];
  /** Without it, columns that say the same in every row are left out, but for those of `meta`. */
  readonly isWhole?: boolean;
}

/** The table that was asked for. */
export function resultsFor(entries: Iterable<SweepEntry>, query: ResultsQuery): SweepResults {
  const { filters = [], best, count, sort = [], columns = [], isWhole = false } = query;
  let table = SweepResults.of(entries, { include: statusesOf(query.include), meta: metaOf(query.meta) });
  for (const filter of filters) table = filtered(table, filter);
  table = grouped(table, query);
  if (best !== undefined) table = bestOf(table, best, count ?? 1);
  for (const each of [...sort].reverse()) table = sorted(table, each); // it is stable: the last one decides first
  if (columns.length > 0) return table.select(...columns);
  return isWhole ? table : concise(table, metaOf(query.meta));
}

/** What was asked for by name is shown, also where it is the same in every row. */
function concise(table: SweepResults, asked: readonly MetaName[]): SweepResults {
  const kept = new Set([...table.concise().columns.map(({ name }) => name), ...asked.map((name) => `task.${name}`)]);
  return table.select(...table.columns.map(({ name }) => name).filter((name) => kept.has(name)));
}

const statuses: readonly TaskStatus[] = ['done', 'failed', 'stopped', 'cancelled'];

function statusesOf(given: readonly string[] = ['done']): TaskStatus[] {
  if (given.includes('all')) return [...statuses];
  return given.map((word) => {
    const found = statuses.find((status) => status === word);
    if (found) return found;
    throw new OptionError(`There are no tasks that are "${word}". It takes ${statuses.join(', ')} or all.`);
  });
}

function metaOf(given: readonly string[] = []): MetaName[] {
  return given.map((word) => {
    const found = metaNames.find((name) => name === word);
    if (found) return found;
    throw new OptionError(`There is no column "task.${word}". There are ${metaNames.join(', ')}.`);
  });
}

function filtered(table: SweepResults, filter: string): SweepResults {
  const expression = new Expression(filter, {
    names: new Set(table.columns.map(({ name }) => name)),
    absent: 'overlook',
  });
  return table.filter((row) => expression.test(known(row)));
}

/** What a table has no value for is not there. */
function known(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}

function grouped(table: SweepResults, { groupBy = [], overSeeds }: ResultsQuery): SweepResults {
  if (groupBy.length > 0 && overSeeds !== undefined) {
    throw new OptionError('Group by columns, or over the values of one parameter, not both.');
  }
  if (groupBy.length > 0) return table.groupBy(...groupBy).spread();
  return overSeeds === undefined ? table : table.overSeeds(overSeeds);
}

function bestOf(table: SweepResults, text: string, count: number): SweepResults {
  const { name, ending } = splitOf(table, text, ['min', 'max']);
  const goal = ending ?? (/acc|auc|f1|score|reward|return|bleu|precision|recall/i.test(name) ? 'max' : 'min');
  return table.best(name, { goal: goal === 'max' ? 'max' : 'min', count });
}

function sorted(table: SweepResults, text: string): SweepResults {
  const { name, ending } = splitOf(table, text, ['asc', 'desc']);
  return table.sort(name, ending === 'desc' ? 'desc' : 'asc');
}

/** `loss:desc`; a column may have a colon in its name. */
function splitOf(
  table: SweepResults,
  text: string,
  endings: readonly string[],
): { readonly name: string; readonly ending: string | undefined } {
  const at = text.lastIndexOf(':');
  const ending = text.slice(at + 1);
  const isPlain = at < 0 || table.columns.some(({ name }) => name === text);
  if (isPlain || !endings.includes(ending)) return { name: columnOf(table, text).name, ending: undefined };
  return { name: columnOf(table, text.slice(0, at)).name, ending };
}
