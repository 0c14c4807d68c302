import type { Estimate } from '../batch/estimate.js';
import type { Counters } from '../run/tally.js';
import type { WorkerStatus } from '../run/worker-status.js';
import type { FailureGroup } from './failure-groups.js';

/** All that one sees of a sweep at one moment. */
export interface ViewState {
  /** What it is called: its title, or its output folder. */
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** `undefined` before it has looked at what there is to do. */
  readonly counters: Counters | undefined;
  /** Of a search nobody knows how much is to come. */
  readonly isSearch: boolean;
  readonly remaining: Estimate | undefined;
  readonly workers: readonly WorkerStatus[];
  readonly failures: readonly (FailureGroup & { readonly count: number })[];
  /** Why no further task is begun. */
  readonly halted: string | undefined;
  /** What the last key has done. */
  readonly answer: string | undefined;
  /** Whether there are keys: `undefined` where none are read. */
  readonly keys: 'short' | 'long' | undefined;
  /** It is over: nothing moves any more. */
  readonly isOver: boolean;
}
