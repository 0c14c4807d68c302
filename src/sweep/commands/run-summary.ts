import { join, resolve } from 'node:path';
import type { Params, Value } from '../../task/value.js';
import type { Objective } from '../results/best.js';
import type { MissingReason, MissingTask } from '../results/missing.js';
import { SweepResults } from '../results/sweep-results.js';
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
  /** By the objective of the sweep, where it has one. */
  readonly best: BestTask | null;
  /** Those without success; of a run of some tasks only, these. */
  readonly missing: readonly MissingSummary[];
}

interface BestTask {
  readonly folder: string;
  readonly metric: string;
  readonly value: Value;
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
    best: bestOf(results, spec.objective),
    missing: missing.map((each) => missingSummary(each, output)),
  };
}

function bestOf({ entries }: SweepResults, objective: Objective | undefined): BestTask | null {
  if (!objective) return null;
  const { metric } = objective;
  const table = SweepResults.of(entries, { meta: ['folder'], objective });
  if (!table.columns.some(({ name }) => name === metric)) return null;
  const [row] = table.best();
  return row ? { folder: String(row['task.folder']), metric, value: row[metric] ?? null } : null;
}

/** Where there was nothing to do. */
export function nothingDone(output: string): RunSummary {
  const none = { total: 0, done: 0, skipped: 0, failures: 0, stopped: 0, cancelled: 0, retried: 0, ms: 0 };
  return { output, ...none, best: null, missing: [] };
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
