import type { TaskStatus } from '../../task/record.js';
import type { Value } from '../../task/value.js';
import { type SweepEntry, tableOf } from '../results/entry.js';
import { type Column, isNumeric, type Row } from '../results/table-data.js';
import type { ReportColumn, ReportCounts, ReportData, ReportTasks, ReportWorker } from './report-data.js';
import { sampled } from './sampled.js';

const ROWS_MAX = 10_000;
const COLUMNS_MAX = 200;
const TEXT_MAX = 300; // characters of a value

type Ended = SweepEntry & { readonly end: NonNullable<SweepEntry['end']> };
type Collected = Pick<ReportData, 'counts' | 'columns' | 'columnsLeftOut' | 'tasks' | 'workers'>;

/** The tasks that have ended, column by column. */
export function collect(entries: readonly SweepEntry[]): Collected {
  const ended = entries.filter(hasEnded);
  const table = tableOf(ended, { include: ['done', 'failed', 'stopped', 'cancelled'] });
  const numeric = table.columns.filter((column) => column.kind !== 'parameter' && isNumeric(column));
  const kept = sampled(table.rows, { max: ROWS_MAX, bestBy: numeric.map(({ name }) => name) });
  const at = <T>(list: readonly T[]): T[] => kept.flatMap((index) => list.slice(index, index + 1));
  const rows = at(table.rows);
  const telling = table.columns.filter(({ type }) => type !== 'null');
  return {
    counts: countsOf(entries),
    columns: telling.slice(0, COLUMNS_MAX).map((column) => columnOf(column, rows)),
    columnsLeftOut: Math.max(0, telling.length - COLUMNS_MAX),
    ...tasksOf(at(ended)),
  };
}

function hasEnded(entry: SweepEntry): entry is Ended {
  return entry.end !== undefined;
}

function columnOf({ name, kind }: Column, rows: readonly Row[]): ReportColumn {
  return { name, kind, values: rows.map((row) => shortened(row[name] ?? null)) };
}

/** A result may be a whole text, or a list of thousands. */
export function shortened(value: Value): Value {
  if (typeof value === 'string') return value.length > TEXT_MAX ? `${value.slice(0, TEXT_MAX)}…` : value;
  if (typeof value !== 'object' || value === null) return value;
  const text = JSON.stringify(value);
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : value;
}

function countsOf(entries: readonly SweepEntry[]): ReportCounts {
  const byStatus: Record<TaskStatus, number> = { done: 0, failed: 0, stopped: 0, cancelled: 0 };
  let [notRun, retried, taskMs, loadMs] = [0, 0, 0, 0];
  for (const { end } of entries) {
    if (!end) {
      notRun += 1;
      continue;
    }
    byStatus[end.status] += 1;
    retried += Math.max(0, end.attempt - 1);
    taskMs += Math.max(0, end.endedAt - end.startedAt); // the clock may have been set back in between
    for (const ms of Object.values(end.loadMs ?? {})) loadMs += ms;
  }
  return { ...byStatus, total: entries.length, notRun, retried, taskMs, loadMs };
}

function tasksOf(ended: readonly Ended[]): { tasks: ReportTasks; workers: ReportWorker[] } {
  const workers = new Map<string, { readonly index: number; readonly worker: ReportWorker }>();
  const workerOf = ({ worker: name, host, gpus }: Ended['end']): number => {
    const key = JSON.stringify([host, name, gpus]);
    const known = workers.get(key) ?? { index: workers.size, worker: { name, host, gpus } };
    workers.set(key, known);
    return known.index;
  };
  const tasks = {
    folder: ended.map(({ task }) => task.folder),
    status: ended.map(({ end }) => end.status),
    attempt: ended.map(({ end }) => end.attempt),
    worker: ended.map(({ end }) => workerOf(end)),
    startedAt: ended.map(({ end }) => end.startedAt),
    endedAt: ended.map(({ end }) => Math.max(end.startedAt, end.endedAt)),
    loads: ended.map(({ end }) => end.loadMs ?? null),
    error: ended.map(({ end: { error } }) => (error ? String(shortened(`${error.name}: ${error.message}`)) : null)),
  };
  return { tasks, workers: [...workers.values()].map(({ worker }) => worker) };
}
