import type { ServerRoute } from '../../backend/server-route.js';
import type { HostAddress } from '../../link/address.js';
import type { Target } from '../../target/target.js';
import type { FunctionTask } from '../../task/function-work.js';
import type { OutputMode } from '../../task/order.js';
import type { FailureClass, TaskEnd } from '../../task/record.js';
import type { Params } from '../../task/value.js';
import type { GraphiteOptions } from '../metrics/graphite-pusher.js';
import type { PrometheusOptions } from '../metrics/prometheus-server.js';
import type { PlanOptions } from '../plan/plan.js';
import type { Task } from '../point.js';
import type { SpaceSpec } from '../space/space-spec.js';
import type { MetricGoal, StopIf } from './early-stop.js';
import type { GpuOptions } from './gpu-options.js';
import type { Search } from './search.js';

/** A whole sweep: what varies, what is done, by whom, and how. */
export interface SweepSpec extends SpaceSpec, Versioned, Omit<PlanOptions, 'sample'>, RunOptions {
  /** Several spaces, one after the other, instead of one. */
  readonly spaces?: readonly SpaceSpec[];
  /** Points that come one by one, each from what came of those before, instead of a space. */
  readonly search?: Search;
  /** The function to run for each point, in a worker. Or `commands`. */
  readonly task?: Target<FunctionTask>;
  /** Command templates by name, run one after the other for each point: `{ train: 'python train.py --lr {lr}' }`. */
  readonly commands?: string | Readonly<Record<string, string>>;
  /** Which of the commands are run. */
  readonly only?: string | readonly string[];
  /**
   * Regular expressions that find metrics in a command's log: `{ loss: 'loss=(\\S+)' }`. Or `'json-lines'`: its lines that are
   * JSON objects tell them.
   */
  readonly metrics?: Readonly<Record<string, string>> | 'json-lines';
}

/** What else makes records comparable: raise it when the task's code has changed in a way that matters. */
export interface Versioned {
  readonly version?: string;
}

export interface RunOptions {
  /** Only the tasks of the plan with these ids are run; the others stay as they are. Of a search: failed points that are run again. */
  readonly ids?: readonly string[];
  /** The folder for all that it leaves. Default `sweep-output`. */
  readonly output?: string;
  readonly workers?: WorkersOptions;
  /** How many upper levels keep tasks together; `false` for none. Default: down to the last variable that has a `load`. */
  readonly batches?: number | false;
  /** One task may take this long, not counting its loads; then its whole process tree is ended. */
  readonly timeoutMs?: number;
  readonly loadTimeoutMs?: number;
  /** From asking a task to stop to killing it. Default 5000. */
  readonly graceMs?: number;
  /** How often a failed task is tried again, for all classes of failure or for each. Default `{ lost: 2 }`. */
  readonly retries?: number | Readonly<Partial<Record<FailureClass, number>>>;
  readonly retryDelayMs?: number;
  /** After so many failed tasks no further one is begun. */
  readonly maxFailures?: number;
  /** Runs one task first, and the others only if it succeeds. */
  readonly canary?: boolean;
  /** What makes a task a success. Default: no error, and what `verify` says if there is one. */
  readonly success?: SuccessRule;
  /** Looks at what a task has left. Also at recorded successes, with `existing: 'verify'`. */
  readonly verify?: (params: Params, dir: string, end: TaskEnd | undefined) => boolean | Promise<boolean>;
  /** `'stop'` begins no further task after a failure; `'silent'` tells no event of it. Default `'continue'`. */
  readonly onFailure?: 'continue' | 'silent' | 'stop';
  /** What becomes of tasks that are recorded as done. Default `'verify'` where there is a `verify`, else `'skip'`. */
  readonly existing?: 'verify' | 'skip' | 'overwrite' | 'quit';
  /** Goes on with records that were made by another specification. Default `'refuse'`, with the difference shown. */
  readonly changed?: 'refuse' | 'accept';
  /** Shares the work with a driver that is at it already. */
  readonly join?: boolean;
  readonly hooks?: Hooks;
  /** Ends tasks early by what they tell as progress. */
  readonly stopIf?: StopIf | readonly StopIf[];
  /** Where the output of tasks goes. Default `'log'`. */
  readonly print?: OutputMode;
  /** Lines on stderr: 0 none (default), 1 every 30 s, 2 every second, 3 each event. */
  readonly verbose?: 0 | 1 | 2 | 3;
  readonly graphite?: Omit<GraphiteOptions, 'onError'>;
  readonly prometheus?: PrometheusOptions;
  /** Ends the sweep when it aborts, with what runs: asked first, then by force. */
  readonly signal?: AbortSignal;
  /** Which result is wanted: what `best()` of the results goes by. */
  readonly objective?: MetricGoal;
}

export type SuccessRule = 'no-error' | 'verify' | 'no-error-and-verify' | 'always';

export interface WorkersOptions {
  /** `'auto'`: as many as there are GPU slots, else as memory and CPUs allow by the first task. Default: as the slots, else CPUs less one. */
  readonly count?: number | 'auto';
  readonly kind?: 'thread' | 'process' | 'inline';
  /**
   * What each worker gets of its machine's GPUs: a number per worker, a list of slots, or more. Workers without any see none
   * (so is the default); with `'inherit'` they see what the caller sees.
   */
  readonly gpus?: GpuOptions['gpus'] | GpuOptions | 'inherit';
  /** CPUs per worker. On Linux it is kept to so many; BLAS threads are set to match. */
  readonly cpus?: number;
  /** A task whose worker holds more megabytes than that is ended, as `oom`. */
  readonly memoryMb?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /**
   * Other machines: the address of a server, or `ssh://me@gpu-box/~/project` for one that is started there over ssh and ended with
   * the sweep. With some, this one works only if `count` says so.
   */
  readonly hosts?: readonly (string | HostOptions)[];
  /** Run in each worker before its first task, and after its last. */
  readonly setup?: Target;
  readonly teardown?: Target;
  /** Importing the task and `setup` may take this long in one worker; then it counts as one that cannot be started. */
  readonly setupTimeoutMs?: number;
  /** A worker is replaced after so many tasks. */
  readonly tasksMax?: number;
}

export interface HostOptions {
  readonly host: HostAddress | ServerRoute;
  /** Default: as many as there are GPU slots, else 1. */
  readonly count?: number;
  /** GPUs of that machine, as for this one: a number per worker, a list of slots, or more. Default: as `workers` says. */
  readonly gpus?: GpuOptions['gpus'] | GpuOptions | 'inherit';
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where workers start over there. Default: where the server was started. */
  readonly cwd?: string;
  readonly root?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  /** Where that machine sees the output folder, if they share it. Without it, files travel back after each task. */
  readonly output?: string;
}

/** Called by the driver; a hook that throws fails what it belongs to. */
export interface Hooks {
  beforeAll?(): unknown;
  afterAll?(): unknown;
  beforeWorker?(worker: string): unknown;
  afterWorker?(worker: string): unknown;
  beforeTask?(task: Task, worker: string): unknown;
  /** After each attempt, before its end is recorded: a success becomes a failure if this throws. */
  afterTask?(task: Task, end: TaskEnd): unknown;
  onLoad?(variable: string, worker: string): unknown;
  onUnload?(variable: string, worker: string): unknown;
}
