import type { Events } from '../../base/events.js';
import type { Preparation } from '../../task/order.js';
import type { TaskEnd } from '../../task/record.js';
import type { Begin } from '../ledger/begin.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Task } from '../point.js';
import type { Queue } from './agenda.js';
import type { StopRule } from './early-stop.js';
import type { Loads } from './loads.js';
import type { Past } from './past.js';
import type { RetryRules } from './retry-rules.js';
import type { Hooks, RunOptions, SuccessRule } from './spec.js';
import type { SweepEvents } from './sweep-events.js';
import type { Tally } from './tally.js';

/** What all workers of one run of a sweep share. */
export interface Shift {
  readonly spec: RunOptions & { readonly success: SuccessRule; readonly graceMs: number };
  /** The output folder, absolute. */
  readonly output: string;
  readonly work: Preparation['work'];
  readonly queue: Queue;
  readonly ledger: Ledger;
  readonly loads: Loads;
  readonly past: Past;
  readonly retries: RetryRules;
  readonly stopRules: readonly StopRule[];
  readonly hooks: Hooks;
  readonly events: Events<SweepEvents>;
  readonly tally: Tally;
  /** Aborts when running tasks are to be ended, too. */
  readonly stopNow: AbortSignal;
  /** Begins no further task, and says why. */
  halt(reason: string): void;
  /** No worker can be started there: the others do its share. */
  unfit(worker: string, error: unknown): void;
  /** A failed task is to be tried again, after `retryDelayMs`. */
  again(task: Task, end: TaskEnd): void;
  /** A task is begun. */
  began(task: Task): void;
  /** A task has ended for good. */
  concluded(task: Task, end: TaskEnd): void | Promise<void>;
  /** A task has failed for good, and that is written down: it could be done once more. */
  failed(task: Task): void;
  /** Another driver has the task, or has done it. */
  elsewhere(task: Task, found: Exclude<Begin, { readonly type: 'claimed' }>): void;
}
