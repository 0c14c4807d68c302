import type { TaskEnd } from '../../task/record.js';
import { type Percentiles, percentilesOf } from '../../task/timings/percentiles.js';
import { Timings, timingsIn } from '../../task/timings/timings.js';
import type { SweepEntry } from './entry.js';

/** Where the time of a sweep went, as far as it has ended. Of a task that was tried again it counts the last attempt. */
export interface TaskStats {
  /** Of the tasks themselves, without their loads. */
  readonly taskMs: Percentiles;
  /** By variable: how often it was loaded, and how long that took. */
  readonly loads: ReadonlyMap<string, Percentiles>;
  /** Of the tasks that waited for a worker, a GPU or memory. */
  readonly waitedMs: Percentiles;
  readonly workers: readonly WorkerUse[];
  /** What tasks have measured themselves, by the name of the timer. */
  readonly timers: Timings;
}

export interface WorkerUse {
  readonly name: string;
  readonly host: string;
  readonly gpus: readonly string[];
  readonly tasks: number;
  readonly failures: number;
  readonly taskMs: number;
  readonly loadMs: number;
  /** The part of the sweep's time, from its first start to its last end, that went into tasks and loads: 0 to 1. */
  readonly utilisation: number;
}

export function statsOf(entries: readonly SweepEntry[]): TaskStats {
  const ends = entries.flatMap(({ end }) => end ?? []);
  const timers = new Timings();
  for (const { note } of ends) timers.merge(timingsIn(note));
  return {
    taskMs: percentilesOf(ends.map(msOf)),
    loads: loadsOf(ends),
    waitedMs: percentilesOf(ends.flatMap(({ waitedMs }) => (waitedMs ? [waitedMs] : []))),
    workers: workersOf(ends),
    timers,
  };
}

/** The clock may have been set back in between. */
function msOf({ startedAt, endedAt }: TaskEnd): number {
  return Math.max(0, endedAt - startedAt);
}

function loadMsOf({ loadMs = {} }: TaskEnd): number {
  return Object.values(loadMs).reduce((sum, ms) => sum + ms, 0);
}

function loadsOf(ends: readonly TaskEnd[]): Map<string, Percentiles> {
  const loads = new Map<string, number[]>();
  for (const { loadMs = {} } of ends) {
    for (const [name, ms] of Object.entries(loadMs)) listIn(loads, name).push(ms);
  }
  return new Map([...loads].map(([name, all]) => [name, percentilesOf(all)]));
}

function workersOf(ends: readonly TaskEnd[]): WorkerUse[] {
  const byWorker = new Map<string, TaskEnd[]>();
  for (const end of ends) listIn(byWorker, `${end.host}\n${end.worker}`).push(end);
  const spanMs = spanOf(ends);
  return [...byWorker.values()].flatMap((its): WorkerUse[] => {
    const last = its.at(-1);
    if (!last) return [];
    const taskMs = its.reduce((sum, end) => sum + msOf(end), 0);
    const loadMs = its.reduce((sum, end) => sum + loadMsOf(end), 0);
    return [
      {
        name: last.worker,
        host: last.host,
        gpus: last.gpus,
        tasks: its.length,
        failures: its.filter(({ status }) => status === 'failed').length,
        taskMs,
        loadMs,
        utilisation: spanMs === 0 ? 0 : Math.min(1, (taskMs + loadMs) / spanMs),
      },
    ];
  });
}

function spanOf(ends: readonly TaskEnd[]): number {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const end of ends) {
    from = Math.min(from, end.startedAt - loadMsOf(end));
    to = Math.max(to, end.endedAt);
  }
  return Math.max(0, to - from);
}

function listIn<T>(lists: Map<string, T[]>, name: string): T[] {
  const list = lists.get(name) ?? [];
  lists.set(name, list);
  return list;
}
