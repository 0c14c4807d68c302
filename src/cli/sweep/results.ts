import { withMetrics } from '../../sweep/commands/late-metrics.js';
import { Recorded } from '../../sweep/commands/recorded.js';
import { type ResultsQuery, resultsFor } from '../../sweep/commands/results-view.js';
import { missingSummary } from '../../sweep/commands/run-summary.js';
import { type StatsSummary, statsSummary, statsTables } from '../../sweep/commands/stats-view.js';
import type { SweepEntry } from '../../sweep/results/entry.js';
import type { SweepResults } from '../../sweep/results/sweep-results.js';
import { textTableOf } from '../../sweep/results/text-table.js';
import { UsageError } from '../command-line.js';
import { exitCodes } from './exit-code.js';
import type { Given } from './given.js';
import { patternsOf } from './given-spec.js';
import { isFolder } from './is-folder.js';
import { outputFolder } from './output-folder.js';
import { plotResults } from './plot-results.js';
import type { Terminal } from './terminal.js';
import { writing } from './writing.js';

/** Shows the table of what is done. */
export async function results(given: Given, terminal: Terminal): Promise<number> {
  const recorded = new Recorded(await outputFolder(given.args[0], given, terminal));
  const entries = entriesOf(recorded, given);
  const table = resultsFor(entries, queryOf(given));
  const to = given.text('to');
  const plot = plotFile(given);
  if (to !== undefined) await writing(to, () => table.write(to));
  if (plot !== undefined) {
    const about = { output: recorded.output, best: given.text('best') };
    await writing(plot, () => plotResults(entries, plot, about));
  }
  const stats = given.has('stats') ? statsSummary(table.stats) : undefined;
  if (given.has('json')) terminal.printJson({ ...asJson(table, recorded.output), ...(stats && { stats }) });
  else if (given.text('format') !== undefined) await printAs(given.text('format'), table, terminal);
  else if (stats) printStats(stats, terminal);
  else if (to === undefined && plot === undefined) printTable(table, given, terminal);
  for (const path of [to, plot]) if (path !== undefined) terminal.tell(`written: ${path}`);
  return exitCodes.done;
}

function entriesOf(recorded: Recorded, given: Given): readonly SweepEntry[] {
  const patterns = patternsOf(given.texts('metric'));
  const entries = recorded.entries();
  return [...(patterns ? withMetrics(entries, { output: recorded.output, patterns }) : entries)];
}

/** A folder behind `--plot` is that of the sweep, meant as the argument. */
function plotFile(given: Given): string | undefined {
  if (!given.has('plot')) return undefined;
  const file = given.text('plot') ?? 'report.html';
  if (!isFolder(file)) return file;
  throw new UsageError(`${file} is a folder, and --plot takes a file: --plot report.html ${file}`);
}

function queryOf(given: Given): ResultsQuery {
  const columns = given.list('columns');
  return {
    ...(given.list('include').length > 0 && { include: given.list('include') }),
    meta: given.list('meta'),
    filters: given.texts('filter'),
    groupBy: given.list('group-by'),
    overSeeds: given.has('over-seeds') ? (given.text('over-seeds') ?? 'seed') : undefined,
    best: given.text('best'),
    count: given.wholeNumber('count'),
    sort: given.texts('sort'),
    columns,
    isWhole: given.has('all') || given.has('json') || given.has('format') || given.has('to') || given.has('plot'),
  };
}

function printTable(table: SweepResults, given: Given, terminal: Terminal): void {
  const { dim } = terminal.errorColors;
  const maxRows = given.wholeNumber('rows') ?? (terminal.isLive ? 50 : Math.max(1, table.length));
  if (table.length > 0) terminal.print(...table.table({ width: terminal.width, maxRows }));
  else terminal.print('No task is in this table.');
  const left = leftOut(table, given);
  if (left.length > 0) terminal.tell(dim(`Without ${left.join(', ')}: --include all shows these too.`));
}

/** Of the tasks that have ended those that were not asked for. */
function leftOut({ progress: { failures, stopped, cancelled } }: SweepResults, given: Given): string[] {
  const asked = new Set(given.list('include'));
  const counts = [
    { status: 'failed', what: 'failed', count: failures },
    { status: 'stopped', what: 'stopped early', count: stopped },
    { status: 'cancelled', what: 'cut off', count: cancelled },
  ];
  return counts.flatMap(({ status, what, count }) => {
    return count === 0 || asked.has('all') || asked.has(status) ? [] : `${count} ${what}`;
  });
}

function printStats(stats: StatsSummary, terminal: Terminal): void {
  for (const table of statsTables(stats)) {
    terminal.print(...textTableOf(table, { width: terminal.width, maxRows: Math.max(1, table.rows.length) }), '');
  }
}

/** The table, and what is not in it. */
function asJson(table: SweepResults, output: string): object {
  return {
    output,
    columns: table.columns.map(({ name, kind, type, spreadOf = null }) => ({ name, kind, type, spreadOf })),
    rows: table.rows,
    progress: table.progress,
    missing: table.missing.toArray().map((each) => missingSummary(each, output)),
  };
}

async function printAs(format: string | undefined, table: SweepResults, terminal: Terminal): Promise<void> {
  switch (format) {
    case 'csv':
      return terminal.printBytes(table.toCsv());
    case 'json':
      return terminal.printBytes(table.toJson());
    case 'jsonl':
      return terminal.printBytes(table.toJsonLines());
    case 'md':
      return terminal.printBytes(table.toMarkdown());
    case 'parquet':
      if (terminal.isLive) throw new UsageError('parquet is nothing for a terminal: write it to a file with --to FILE');
      return terminal.printBytes(await table.toParquet());
    default:
      throw new UsageError(`there is no format "${format}"`);
  }
}
