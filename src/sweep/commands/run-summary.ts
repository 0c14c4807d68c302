import { join, resolve } from 'node:path';
import type { Params } from '../../task/value.js';
import type { MissingReason, MissingTask } from '../results/missing.js';
import type { SweepResults } from '../results/sweep-results.js';
import type { Sweep } from '../sweep.js';

/** What came of a run. */
export interface RunSummary {
  /** Absolute. */
  readonly output: string;
  readonly total: number;
  /** Done in this run, and before it. */
  readonly done: number;
  readonly skipped: number;
  readonly failures: number;
  readonly stopped: number;
  readonly cancelled: number;
  readonly retried: number;
  readonly ms: number;
  /** Those without success; of a run of some tasks only, these. */
  readonly missing: readonly MissingSummary[];
}

export interface MissingSummary {
  readonly id: string;
  readonly folder: string;
  readonly params: Params;
  readonly reason: MissingReason;
  readonly class: string | null;
  readonly message: string | null;
  readonly attempts: number;
  /** Absolute. */
  readonly log: string | null;
}

export function runSummary(
  { spec, counters }: Sweep,
  results: SweepResults,
  { ms }: { readonly ms: number },
): RunSummary {
  const output = resolve(spec.output);
  const { total = 0, done = 0, skipped = 0, failures = 0, stopped = 0, cancelled = 0, retried = 0 } = counters ?? {};
  const wanted = spec.ids && new Set(spec.ids);
  const missing = results.missing.toArray().filter(({ task }) => wanted?.has(task.point.id) ?? true);
  return {
    output,
    total,
    done,
    skipped,
    failures,
    stopped,
    cancelled,
    retried,
    ms: Math.round(ms),
    missing: missing.map((each) => missingSummary(each, output)),
  };
}

/** Where there was nothing to do. */
export function nothingDone(output: string): RunSummary {
  const none = { total: 0, done: 0, skipped: 0, failures: 0, stopped: 0, cancelled: 0, retried: 0, ms: 0 };
  return { output, ...none, missing: [] };
}

/** A task without success, as it is told. */
export function missingSummary(
  { task, params, reason, class: failure, error, attempts, log }: MissingTask,
  output: string,
): MissingSummary {
  return {
    id: task.point.id,
    folder: task.folder,
    params,
    reason,
    class: failure ?? null,
    message: error ? `${error.name}: ${error.message}` : null,
    attempts,
    log: log === undefined ? null : join(output, log),
  };
}
