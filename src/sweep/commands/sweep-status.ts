import type { TaskStatus } from '../../task/record.js';
import { percentilesOf } from '../../task/timings/percentiles.js';
import type { Driver } from '../ledger/drivers.js';
import { eta } from '../results/eta.js';
import type { Recorded } from './recorded.js';
import { startsIn } from './starts.js';

/** How far a sweep is, by its record. */
export interface SweepStatus {
  /** Absolute. */
  readonly output: string;
  readonly isRunning: boolean;
  readonly drivers: readonly DriverStatus[];
  /** Planned by the last start; `null` where that is not known, as of a search. */
  readonly total: number | null;
  readonly counts: StatusCounts;
  readonly running: readonly RunningStatus[];
  readonly failures: readonly FailureStatus[];
  /** While it runs, once tasks have ended. */
  readonly remainingMs: { readonly likely: number; readonly least: number; readonly most: number } | null;
  /** Lines of the journals that are no records: torn by a crash, or by another hand. */
  readonly badLines: number;
  /** What is wrong with the file that says what the records are records of; `null` if nothing is. */
  readonly damage: string | null;
}

interface DriverStatus {
  readonly driver: string;
  readonly pid: number;
  readonly host: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly isAlive: boolean;
}

export interface StatusCounts {
  readonly done: number;
  readonly failed: number;
  /** Ended early, on purpose, by a rule. */
  readonly stopped: number;
  readonly cancelled: number;
  readonly running: number;
  /** Begun by a driver that is gone: they are run again the next time. */
  readonly lost: number;
  /** Not begun so far; `null` where the total is not known. */
  readonly waiting: number | null;
}

interface RunningStatus {
  readonly id: string;
  readonly folder: string;
  readonly attempt: number;
  readonly worker: string;
  readonly host: string;
  readonly gpus: readonly string[];
  readonly startedAt: number;
}

interface FailureStatus {
  readonly id: string;
  readonly folder: string | null;
  readonly class: string;
  readonly message: string;
  readonly attempts: number;
}

const DURATIONS_MAX = 1000; // the last so many tell how long the others will take
const FAILURES_MAX = 100;

export function statusOf(recorded: Recorded): SweepStatus {
  const { output, peeked, records } = recorded;
  const running = peeked.running.filter(({ isAlive }) => isAlive);
  const lost = peeked.running.length - running.length;
  const { done, failed, stopped, cancelled } = endedIn(recorded);
  const total = startsIn(output)[0]?.tasks ?? null;
  const ended = done + failed + stopped + cancelled;
  const waiting = total === null ? null : Math.max(0, total - ended - running.length - lost);
  const isRunning = peeked.drivers.some(({ isAlive }) => isAlive);
  return {
    output,
    isRunning,
    drivers: peeked.drivers.map(driverOf),
    total,
    counts: { done, failed, stopped, cancelled, running: running.length, lost, waiting },
    running: running.map(({ id, folder, attempt, worker, host, gpus, startedAt }) => {
      return { id, folder, attempt, worker, host, gpus, startedAt };
    }),
    failures: failuresOf(recorded),
    remainingMs: isRunning && waiting !== null ? remainingOf(recorded, waiting + running.length, running) : null,
    badLines: records.badLines,
    damage: peeked.damage?.message ?? null,
  };
}

/** Those that are being tried again count as running, not by how they ended before. */
function endedIn({ records, peeked }: Recorded): Record<TaskStatus, number> {
  const { open: _, ...counts } = records.counts;
  for (const { id } of peeked.running) {
    const before = records.statusOf(id);
    if (before) counts[before] -= 1;
  }
  return counts;
}

function driverOf({ driver, pid, host, since, isAlive }: Driver): DriverStatus {
  return { driver, pid, host, since, isAlive };
}

function failuresOf({ records }: Recorded): FailureStatus[] {
  const failures: FailureStatus[] = [];
  for (const id of records.ids('failed')) {
    if (failures.length === FAILURES_MAX) break;
    const end = records.lastEnd(id);
    failures.push({
      id,
      folder: records.lastStart(id)?.folder ?? null,
      class: end?.class ?? 'error',
      message: end?.error?.message ?? '',
      attempts: records.attemptsOf(id),
    });
  }
  return failures;
}

function remainingOf(
  { records }: Recorded,
  left: number,
  running: readonly { readonly startedAt: number; readonly worker: string }[],
): SweepStatus['remainingMs'] {
  const ids = [...records.ids('done')].slice(-DURATIONS_MAX);
  const durations = ids.flatMap((id) => {
    const end = records.lastEnd(id);
    return end ? [end.endedAt - end.startedAt] : [];
  });
  const now = Date.now();
  const known = eta({
    elapsedMs: 0,
    done: durations.length,
    failures: 0,
    left,
    workers: Math.max(1, running.length),
    durations: percentilesOf(durations),
    activeForMs: running.map(({ startedAt }) => now - startedAt),
  });
  return known.remainingMs ?? null;
}
