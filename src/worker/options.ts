import type { Stdio } from '../backend/backend.js';
import type { RemoteOptions } from '../backend/remote-place.js';
import { isServerRoute } from '../backend/server-route.js';
import {
  type Check,
  type Checks,
  checkOptions,
  isAnything,
  isArray,
  isBoolean,
  isCount,
  isDirectory,
  isDuration,
  isEnv,
  isPositive,
  isRecord,
  isSignal,
  isString,
  isStrings,
} from '../base/checks.js';
import { OptionError } from '../base/errors.js';
import type { Kind, ResourceLimits } from '../protocol/messages.js';

/** How long a worker asked to stop may take, and whether it is killed after that. */
export interface TerminateOptions {
  /** From asking to killing. Default 1000. */
  readonly graceMs?: number;
  /** `false` never kills: the answer is `false` when the time ran out. Default `true`. */
  readonly force?: boolean;
}

/** Options that all kinds of worker take, and some that only remote ones have a use for; the others refuse those. */
export interface WorkerOptions extends RemoteOptions {
  /** Shown in errors, `ps` and `top`. Default: the target's name. */
  readonly name?: string;
  /** Anything of your own; the target finds it as `context().userId`. */
  readonly userId?: unknown;
  /** Changes to the caller's environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Working directory. Processes only: threads share the caller's. */
  readonly cwd?: string;
  /** Flags for Node. Default: the caller's own. */
  readonly execArgv?: readonly string[];
  readonly resourceLimits?: ResourceLimits;
  /** What becomes of stdout and stderr. `'pipe'` makes them events. Default `'inherit'`. */
  readonly stdio?: Stdio;
  /** Buffers and ports among the arguments that a thread gets instead of a copy. */
  readonly transfer?: readonly unknown[];
  /** The first value of `context().state`. */
  readonly initState?: unknown;
  /** The whole life of the worker may take this long; then it is terminated. */
  readonly timeoutMs?: number;
  /** Default of `terminate({ graceMs })`, also used when a time or a signal ends the worker or a call. */
  readonly graceMs?: number;
  /** Terminates the worker when it aborts. */
  readonly signal?: AbortSignal;
  /** `false` starts nothing: the worker is ended from the beginning. */
  readonly run?: boolean;
  /** Whether a process cuts off a target that blocks, which costs some 40 us per batch of calls. Default `true`. */
  readonly interruptible?: boolean;
  /** Takes a thread that served other workers before: starts fast, and sees what they left in their modules. */
  readonly reuseThread?: boolean;
}

/** Options of persistent workers. */
export interface PersistentWorkerOptions extends WorkerOptions {
  /** Default arguments: a call's own arguments take the place of the first of them. */
  readonly args?: readonly unknown[];
  /** How many calls of an async target run at once. Default 1. */
  readonly concurrency?: number;
  /** The event `outgrown` tells when it holds more than that after a call: a process all in all, a thread in its heap. */
  readonly maxMemoryMb?: number;
  /** Ends the worker at the first call that throws. */
  readonly stopOnError?: boolean;
}

/** Options of one call. */
export interface CallOptions {
  /** Counted from when the call's turn has come. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly transfer?: readonly unknown[];
}

const isStdio: Check = (value) =>
  ['inherit', 'pipe', 'ignore'].includes(value as string) || (isRecord(value) && typeof value.file === 'string')
    ? undefined
    : "'inherit', 'pipe', 'ignore' or { file }";
const isLimits: Check = (value) =>
  isRecord(value) && Object.values(value).every((item) => typeof item === 'number' && item > 0)
    ? undefined
    : 'an object of positive numbers of megabytes';
const isHost: Check = (value) =>
  typeof value === 'string' || Array.isArray(value) || isServerRoute(value)
    ? undefined
    : "'host', 'host:port', ['host', port], or what leads to a server";
const callChecks: Checks = { timeoutMs: isDuration, signal: isSignal, transfer: isArray };
const terminateChecks: Checks = { graceMs: isDuration, force: isBoolean };
const remoteChecks: Readonly<Record<keyof RemoteOptions, Check>> = {
  host: isHost,
  token: isString,
  tokenFile: isString,
  connectTimeoutMs: isPositive,
  heartbeatMs: isPositive,
  root: isDirectory,
};
const workerChecks: Checks = {
  ...callChecks,
  ...remoteChecks,
  name: isString,
  userId: isAnything,
  env: isEnv,
  cwd: isString,
  execArgv: isStrings,
  resourceLimits: isLimits,
  stdio: isStdio,
  initState: isAnything,
  graceMs: isDuration,
  run: isBoolean,
  interruptible: isBoolean,
  reuseThread: isBoolean,
};
const persistentChecks = {
  ...workerChecks,
  args: isArray,
  concurrency: isCount,
  maxMemoryMb: isPositive,
  stopOnError: isBoolean,
};

export function checkWorkerOptions(options: WorkerOptions, kind: Kind): void {
  checkOptions(options, workerChecks);
  checkKind(options, kind);
}

export function checkPersistentOptions(options: PersistentWorkerOptions, kind: Kind): void {
  checkOptions(options, persistentChecks);
  checkKind(options, kind);
}

export function checkCallOptions(options: CallOptions): void {
  checkOptions(options, callChecks);
}

export function checkTerminateOptions(options: TerminateOptions): void {
  checkOptions(options, terminateChecks);
}

export function checkTimeout(timeoutMs: number): void {
  checkOptions({ timeoutMs }, callChecks);
}

function checkKind(options: WorkerOptions, kind: Kind): void {
  const ofRemote = Object.keys(remoteChecks).find((name) => options[name as keyof RemoteOptions] !== undefined);
  if (kind !== 'remote' && ofRemote) {
    throw new OptionError(`The option "${ofRemote}" is for remote workers; this one is of kind "${kind}".`);
  }
  if (kind !== 'remote' && options.cwd !== undefined) checkOptions({ cwd: options.cwd }, { cwd: isDirectory });
  if (kind === 'thread' && options.cwd !== undefined) {
    throw new OptionError('The option "cwd" needs a process: threads share the working directory of their caller.');
  }
}
