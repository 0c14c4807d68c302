import type { WorkerStats } from './meter.js';
import type { Scheduler } from './scheduler.js';

/** What a pool has done so far, and has to do now. */
export interface PoolStats {
  readonly name: string;
  /** Calls that ended, all workers together; and how many of them with an error. */
  readonly calls: number;
  readonly failed: number;
  readonly callsPerSecond: number;
  /** Runs that go on. */
  readonly runs: number;
  /** Inputs that wait for a worker: of sources that know how many they have, and those to be tried again. */
  readonly backlog: number;
  /** Calls that workers have. */
  readonly inFlight: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly workers: readonly WorkerStats[];
}

export function statsOf(name: string, { slots, runs, backlog }: Scheduler): PoolStats {
  const workers = slots.map(({ stats }) => stats);
  const sum = (key: 'calls' | 'failed' | 'callsPerSecond' | 'inFlight' | 'bytesSent' | 'bytesReceived'): number =>
    workers.reduce((total, each) => total + each[key], 0);
  return {
    name,
    calls: sum('calls'),
    failed: sum('failed'),
    callsPerSecond: sum('callsPerSecond'),
    runs: runs.length,
    backlog: Number.isFinite(backlog) ? backlog : 0,
    inFlight: sum('inFlight'),
    bytesSent: sum('bytesSent'),
    bytesReceived: sum('bytesReceived'),
    workers,
  };
}
