import type { Percentiles } from '../../task/timings/percentiles.js';
import type { Value } from '../../task/value.js';
import type { TableData } from '../results/table-data.js';
import type { TaskStats, WorkerUse } from '../results/task-stats.js';
import { durationText } from './duration.js';

/** Where the time of a sweep went, as JSON carries it. */
export interface StatsSummary {
  readonly taskMs: Percentiles;
  readonly waitedMs: Percentiles;
  /** By variable. */
  readonly loads: Readonly<Record<string, Percentiles>>;
  /** What tasks have measured themselves, by name. */
  readonly timers: Readonly<Record<string, Percentiles>>;
  readonly workers: readonly WorkerUse[];
}

export function statsSummary({ taskMs, waitedMs, loads, timers, workers }: TaskStats): StatsSummary {
  const measured = timers.names.flatMap((name) => {
    const percentiles = timers.of(name);
    return percentiles ? [[name, percentiles] as const] : [];
  });
  return { taskMs, waitedMs, loads: Object.fromEntries(loads), timers: Object.fromEntries(measured), workers };
}

/** The same for people: a table of durations, and one of workers. */
export function statsTables({ taskMs, waitedMs, loads, timers, workers }: StatsSummary): TableData[] {
  const durations = [
    durationRow('tasks', taskMs),
    ...Object.entries(loads).map(([name, each]) => durationRow(`load ${name}`, each)),
    ...(waitedMs.count > 0 ? [durationRow('waiting', waitedMs)] : []),
    ...Object.entries(timers).map(([name, each]) => durationRow(name, each)),
  ];
  return [durations, workers.map(workerRow)].map(tableOf);
}

function durationRow(
  what: string,
  { count, total, mean, p50, p90, p95, p99, max }: Percentiles,
): Record<string, Value> {
  const times = Object.entries({ total, mean, p50, p90, p95, p99, max });
  return { what, count, ...Object.fromEntries(times.map(([name, ms]) => [name, durationText(ms)])) };
}

function workerRow({ name, host, gpus, tasks, failures, utilisation }: WorkerUse): Record<string, Value> {
  return {
    worker: name,
    host,
    gpus: gpus.join(','),
    tasks,
    failed: failures,
    busy: `${Math.round(100 * utilisation)} %`,
  };
}

function tableOf(rows: readonly Record<string, Value>[]): TableData {
  const names = Object.keys(rows[0] ?? {});
  const columns = names.map((name) => {
    const isCount = typeof rows[0]?.[name] === 'number';
    return { name, kind: 'meta' as const, type: isCount ? ('int' as const) : ('string' as const) };
  });
  return { columns, rows };
}
