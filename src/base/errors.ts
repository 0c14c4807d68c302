/** Why a worker or a call was ended: by its caller, or because the server it ran on was stopped. */
export type EndReason = 'asked' | 'timeout' | 'signal' | 'server';

/** How far down the termination ladder a worker had to be taken. */
export type HowTerminated = 'asked' | 'interrupted' | 'killed';

/** How a host ended, as the operating system (or the engine) tells it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** What the engine said, where it said more than a number: out of memory, an uncaught error, a failed start. */
  readonly error?: unknown;
}

/** The worker was ended before its target returned, because its caller wanted it to end. */
export class WorkerTerminatedError extends Error {
  override readonly name = 'WorkerTerminatedError';
  readonly code = 'ERR_WORKER_TERMINATED';
  readonly how: HowTerminated;
  readonly reason: EndReason;
  /** Whether the call may have run, wholly or in part. */
  readonly mayHaveRun: boolean;

  constructor(
    message = 'The worker was asked to stop.',
    options: { how?: HowTerminated; reason?: EndReason; mayHaveRun?: boolean; cause?: unknown } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.how = options.how ?? 'asked';
    this.reason = options.reason ?? 'asked';
    this.mayHaveRun = options.mayHaveRun ?? true;
  }
}

/** The worker died without a word: a crash, `process.exit()`, a signal from outside, out of memory. */
export class WorkerLostError extends Error {
  override readonly name: string = 'WorkerLostError';
  readonly code: string = 'ERR_WORKER_LOST';
  readonly exit: Exit;
  /** Whether the call may have run, wholly or in part. */
  readonly mayHaveRun: boolean;

  constructor(message: string, options: { exit: Exit; mayHaveRun?: boolean; cause?: unknown }) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.exit = options.exit;
    this.mayHaveRun = options.mayHaveRun ?? true;
  }
}

/** A server on another host could not be reached, or does not let this caller in. */
export class ConnectError extends WorkerLostError {
  override readonly name = 'ConnectError';
  override readonly code: ConnectCode;

  constructor(message: string, code: ConnectCode, options: { cause?: unknown } = {}) {
    super(message, { ...options, exit: { code: null, signal: null }, mayHaveRun: false });
    this.code = code;
  }
}

/** What kept a caller from its server. */
export type ConnectCode =
  /** Nobody listens there. */
  | 'ERR_CONNECT_REFUSED'
  /** The host is not known, not to be reached, or does not answer in time. */
  | 'ERR_CONNECT_UNREACHABLE'
  | 'ERR_CONNECT_TOKEN'
  | 'ERR_CONNECT_VERSION'
  /** Something else listens there. */
  | 'ERR_CONNECT_NOT_A_SERVER'
  /** The server has as many workers as it takes, or is being stopped. */
  | 'ERR_CONNECT_BUSY'
  /** There is no such context, or there is one already. */
  | 'ERR_CONNECT_CONTEXT'
  /** The server could not start a process for this worker, or could not be started itself, over ssh. */
  | 'ERR_CONNECT_START'
  /** The key of an ssh host is not known, or another one. */
  | 'ERR_CONNECT_HOST_KEY'
  /** An ssh host does not let this user in. */
  | 'ERR_CONNECT_LOGIN';

/** The token that proves who one is cannot be had, or is not to be trusted. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly code = 'ERR_TOKEN';
}

/** A connection between two machines broke, fell silent, or does not keep to the protocol. */
export class LinkError extends Error {
  override readonly name = 'LinkError';
  readonly code: 'ERR_LINK_CLOSED' | 'ERR_LINK_BROKEN' | 'ERR_LINK_SILENT' | 'ERR_LINK_PROTOCOL' | 'ERR_LINK_VERSION';

  constructor(message: string, code: LinkError['code'], options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** A call came after `close()`, or after the worker had ended. */
export class WorkerClosedError extends Error {
  override readonly name = 'WorkerClosedError';
  readonly code = 'ERR_WORKER_CLOSED';
}

/** One call of a persistent worker was ended by its own `timeoutMs` or `signal`. */
export class CallAbortedError extends Error {
  override readonly name = 'CallAbortedError';
  readonly code: 'ERR_CALL_TIMEOUT' | 'ERR_CALL_ABORTED';
  /** Whether the worker lives on and takes further calls. */
  readonly workerSurvived: boolean;

  constructor(message: string, options: { reason: 'timeout' | 'signal'; workerSurvived: boolean; cause?: unknown }) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = options.reason === 'timeout' ? 'ERR_CALL_TIMEOUT' : 'ERR_CALL_ABORTED';
    this.workerSurvived = options.workerSurvived;
  }
}

/** A run of a pool did not give a result for every input; what it gave is here. */
export class PoolError extends Error {
  override readonly name = 'PoolError';
  readonly code: PoolCode;
  /** How each input ended that the run has read, by its place; `notRun` for those that were not processed. */
  readonly outcomes: readonly PoolOutcome[];

  constructor(message: string, code: PoolCode, options: { outcomes: readonly PoolOutcome[]; cause?: unknown }) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.outcomes = options.outcomes;
  }

  /** The values that there are; `undefined` where there is none. */
  get results(): readonly unknown[] {
    return this.outcomes.map((outcome) => outcome.value);
  }
}

/** What became of one input. */
export interface PoolOutcome {
  readonly type: 'notRun' | 'returned' | 'threw' | 'terminated' | 'lost';
  readonly value?: unknown;
  readonly error?: unknown;
}

export type PoolCode =
  /** Inputs failed. */
  | 'ERR_POOL_FAILED'
  /** Its signal aborted it, or the pool was terminated. */
  | 'ERR_POOL_ABORTED'
  /** There is no worker, or none is left. */
  | 'ERR_POOL_NO_WORKERS'
  /** `choose` has thrown, or refused an input for every worker. */
  | 'ERR_POOL_REFUSED'
  /** The source of the inputs has thrown. */
  | 'ERR_POOL_SOURCE';

/** There is no result to give: none came in time, or there will never be another. */
export class NoResultError extends Error {
  override readonly name = 'NoResultError';
  readonly code: 'ERR_RESULT_TIMEOUT' | 'ERR_NO_MORE_RESULTS';

  constructor(message: string, code: 'ERR_RESULT_TIMEOUT' | 'ERR_NO_MORE_RESULTS') {
    super(message);
    this.code = code;
  }
}

/** A value cannot travel between the two sides; `path` says which one, as one would write it in code. */
export class UnsendableError extends TypeError {
  override readonly name = 'UnsendableError';
  readonly code = 'ERR_UNSENDABLE';
  readonly path: string;

  constructor(message: string, options: { path: string; cause?: unknown }) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.path = options.path;
  }
}

/** The target cannot be found, imported or called. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
  readonly code: 'ERR_TARGET_REFUSED' | 'ERR_TARGET_IMPORT' | 'ERR_TARGET_EXPORT' | 'ERR_TARGET_NOT_CALLABLE';

  constructor(message: string, code: TargetError['code'], options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** A module started a worker while a host was importing it: without a guard that would never end. */
export class StartedInImportError extends Error {
  override readonly name = 'StartedInImportError';
  readonly code = 'ERR_STARTED_IN_IMPORT';
}

/** What a target threw was not an `Error`; `thrown` is what it was. */
export class ThrownValueError extends Error {
  override readonly name = 'ThrownValueError';
  readonly code = 'ERR_THROWN_VALUE';
  readonly thrown: unknown;

  constructor(message: string, thrown: unknown) {
    super(message);
    this.thrown = thrown;
  }
}

/** An option or argument of this library's own is not usable. */
export class OptionError extends TypeError {
  override readonly name = 'OptionError';
  readonly code = 'ERR_OPTION';
}

/** This library's own error classes, so that the codec can rebuild them on the other side. */
export const errorClasses = [
  WorkerTerminatedError,
  WorkerLostError,
  ConnectError,
  TokenError,
  LinkError,
  WorkerClosedError,
  CallAbortedError,
  NoResultError,
  UnsendableError,
  TargetError,
  StartedInImportError,
  ThrownValueError,
  OptionError,
] as const;
