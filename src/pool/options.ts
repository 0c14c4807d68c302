import {
  type Check,
  type Checks,
  checkOptions,
  isArray,
  isBoolean,
  isCount,
  isDuration,
  isFunction,
  isNumber,
  isPositive,
  isRecord,
  isSignal,
  isString,
} from '../base/checks.js';
import { OptionError } from '../base/errors.js';
import type { Target } from '../target/target.js';
import type { AnyFunction } from '../target/target-ref.js';
import type { PersistentWorkerOptions } from '../worker/options.js';
import type { PersistentWorker } from '../worker/persistent-worker.js';

/** When an input is given to a worker once more. */
export interface Retry {
  /** How often an input may be tried in all. 1: never again, and what a lost worker had may have run is lost too. Default 3. */
  readonly attempts?: number;
  /** `'lost'`: when its worker died with it. `'any'`: also when the target threw or ran out of time. Default `'lost'`. */
  readonly on?: 'lost' | 'any';
  /** Before the second attempt; doubles with each further one. Default 0. */
  readonly backoffMs?: number;
}

/** How often a worker that died is replaced, before that counts as a crash loop. */
export interface Respawn {
  /** Default 5. */
  readonly max?: number;
  /** Default 60,000. */
  readonly perMs?: number;
  /** Before one that could not start is tried again; doubles with each further one. Default 200. */
  readonly backoffMs?: number;
}

/** Of a run; those of a pool are the defaults of its runs. */
export interface PoolRunOptions {
  /** `'stop'`: the first error ends the run. `'collect'`: all inputs are worked off. Default: `'stop'`; of a stream `'collect'`. */
  readonly onError?: 'stop' | 'collect';
  readonly retry?: Retry;
  /** Of each call, counted from when its turn has come. A worker that does not let go is ended and replaced. */
  readonly timeoutMs?: number;
  /** Ends the run: what is under way is taken down, what has not begun is not processed. */
  readonly signal?: AbortSignal;
  /** Each input is a list of arguments. */
  readonly spread?: boolean;
  /** `false`: `run()` keeps no values and resolves with an empty list: for what is done for its effect. Default `true`. */
  readonly keepValues?: boolean;
  /** Inputs of runs with a higher one go first. Default 0. */
  readonly priority?: number;
  /**
   * Whether this worker may have this input; if not, another one gets it. It is asked again when something has changed.
   * An input that no worker may have, while none is at work, ends the run.
   */
  readonly choose?: (worker: PersistentWorker, input: never) => boolean;
}

/** Of a stream. */
export interface PoolStreamOptions extends PoolRunOptions {
  /** In the order of the inputs, instead of as they end. */
  readonly ordered?: boolean;
}

export interface PoolOptions extends Omit<PoolRunOptions, 'signal' | 'spread' | 'keepValues' | 'priority' | 'choose'> {
  /** Shown in errors, and in the names of its workers. */
  readonly name?: string;
  /** Default arguments of its workers: an input takes the place of the first of them. */
  readonly args?: readonly unknown[];
  /** How many calls a worker has at most, with the one it is at. `'auto'`: a few milliseconds of work. Default `'auto'`. */
  readonly prefetch?: 'auto' | number;
  /** How many calls share a message at most. `'auto'`: those that are given to a worker in one go. Default `'auto'`. */
  readonly batch?: 'auto' | number;
  /** `false`: a worker that died is not replaced. */
  readonly respawn?: Respawn | false;
  /** A worker is replaced by a fresh one after so many calls. */
  readonly maxCallsPerWorker?: number;
  /** A worker that holds more than that after a call is replaced: a process all in all, a thread in its heap. */
  readonly maxMemoryMb?: number;
  /** A worker beyond the least number of them goes when it had nothing to do for so long. Default 30,000. */
  readonly idleTimeoutMs?: number;
}

/** Of one worker of a pool. */
export interface PoolWorkerOptions
  extends Omit<PersistentWorkerOptions, 'run' | 'signal' | 'stopOnError' | 'concurrency'> {}

/** The options of a worker of a pool; its target, if it is not the pool's. */
export interface AddOptions<F extends AnyFunction> extends PoolWorkerOptions {
  readonly target?: Target<F>;
  /** It counts as so many times as fast where there is a choice between workers. Default 1. */
  readonly weight?: number;
}

/** How many workers: a fixed number, or as many as there is work for. */
export type Size = number | { readonly min?: number; readonly max: number };

const isOneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value) ? undefined : values.map((each) => JSON.stringify(each)).join(' or ');
const hasOnly =
  (checks: Checks): Check =>
  (value) => {
    if (!isRecord(value)) return 'an object';
    checkOptions(value, checks);
    return undefined;
  };

const retryChecks: Checks = { attempts: isCount, on: isOneOf('lost', 'any'), backoffMs: isDuration };
const respawnCheck = hasOnly({ max: isCount, perMs: isPositive, backoffMs: isDuration });
const autoOrCount: Check = (value) =>
  value === 'auto' ? undefined : isCount(value) && `'auto' or a whole number from 1`;
const sharedChecks: Checks = {
  onError: isOneOf('stop', 'collect'),
  retry: hasOnly(retryChecks),
  timeoutMs: isDuration,
};
const runChecks: Checks = {
  ...sharedChecks,
  signal: isSignal,
  spread: isBoolean,
  keepValues: isBoolean,
  priority: isNumber,
  choose: isFunction,
};
const poolChecks: Checks = {
  ...sharedChecks,
  name: isString,
  args: isArray,
  prefetch: autoOrCount,
  batch: autoOrCount,
  respawn: (value) => (value === false ? undefined : respawnCheck(value)),
  maxCallsPerWorker: isCount,
  maxMemoryMb: isPositive,
  idleTimeoutMs: isDuration,
};

export function checkPoolOptions(options: PoolOptions): void {
  checkOptions(options, poolChecks);
}

/** The smallest and the largest number of workers. */
export function rangeOf(size: Size): { readonly min: number; readonly max: number } {
  const { min = 0, max } = typeof size === 'number' ? { min: size, max: size } : size;
  if (Number.isInteger(min) && Number.isInteger(max) && min >= 0 && max >= min) return { min, max };
  throw new OptionError(
    `A number of workers is a whole number from 0, or { min, max } with min <= max, not ${JSON.stringify(size)}.`,
  );
}

/** What a pool says of all its runs. */
export function runDefaults({ onError, retry, timeoutMs }: PoolOptions): PoolRunOptions {
  return { ...(onError && { onError }), ...(retry && { retry }), ...(timeoutMs !== undefined && { timeoutMs }) };
}

export function checkWeight(weight: unknown): void {
  checkOptions({ weight }, { weight: isPositive });
}

export function checkRunOptions(options: PoolRunOptions): void {
  checkOptions(options, runChecks);
}

export function checkStreamOptions(options: PoolStreamOptions): void {
  checkOptions(options, { ...runChecks, ordered: isBoolean });
}
