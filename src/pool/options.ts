import {
  type Check,
  type Checks,
  checkOptions,
  isArray,
  isBoolean,
  isCount,
  isDuration,
  isPositive,
  isRecord,
  isSignal,
  isString,
} from '../base/checks.js';
import type { Target } from '../target/target.js';
import type { AnyFunction } from '../target/target-ref.js';
import type { PersistentWorkerOptions } from '../worker/options.js';

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
}

/** Of a stream. */
export interface PoolStreamOptions extends PoolRunOptions {
  /** In the order of the inputs, instead of as they end. */
  readonly ordered?: boolean;
}

export interface PoolOptions extends Omit<PoolRunOptions, 'signal' | 'spread'> {
  /** Shown in errors, and in the names of its workers. */
  readonly name?: string;
  /** Default arguments of its workers: an input takes the place of the first of them. */
  readonly args?: readonly unknown[];
  /** How many calls wait at a worker. `'auto'`: a few milliseconds of work. Default `'auto'`. */
  readonly prefetch?: 'auto' | number;
  /** `false`: a worker that died is not replaced. */
  readonly respawn?: Respawn | false;
  /** A worker is replaced by a fresh one after so many calls. */
  readonly maxCallsPerWorker?: number;
}

/** Of one worker of a pool. */
export interface PoolWorkerOptions
  extends Omit<PersistentWorkerOptions, 'run' | 'signal' | 'stopOnError' | 'concurrency'> {}

/** The options of a worker of a pool; its target, if it is not the pool's. */
export interface AddOptions<F extends AnyFunction> extends PoolWorkerOptions {
  readonly target?: Target<F>;
}

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
const respawnCheck = hasOnly({ max: isCount, perMs: isPositive });
const sharedChecks: Checks = {
  onError: isOneOf('stop', 'collect'),
  retry: hasOnly(retryChecks),
  timeoutMs: isDuration,
};
const runChecks: Checks = { ...sharedChecks, signal: isSignal, spread: isBoolean };
const poolChecks: Checks = {
  ...sharedChecks,
  name: isString,
  args: isArray,
  prefetch: (value) => (value === 'auto' ? undefined : isCount(value) && `'auto' or a whole number from 1`),
  respawn: (value) => (value === false ? undefined : respawnCheck(value)),
  maxCallsPerWorker: isCount,
};

export function checkPoolOptions(options: PoolOptions): void {
  checkOptions(options, poolChecks);
}

export function checkRunOptions(options: PoolRunOptions): void {
  checkOptions(options, runChecks);
}

export function checkStreamOptions(options: PoolStreamOptions): void {
  checkOptions(options, { ...runChecks, ordered: isBoolean });
}
