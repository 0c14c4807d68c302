/** Why a worker or a call was ended by its caller. */
export type EndReason = 'asked' | 'timeout' | 'signal';

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
  override readonly name = 'WorkerLostError';
  readonly code = 'ERR_WORKER_LOST';
  readonly exit: Exit;
  /** Whether the call may have run, wholly or in part. */
  readonly mayHaveRun: boolean;

  constructor(message: string, options: { exit: Exit; mayHaveRun?: boolean; cause?: unknown }) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.exit = options.exit;
    this.mayHaveRun = options.mayHaveRun ?? true;
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
  WorkerClosedError,
  CallAbortedError,
  NoResultError,
  UnsendableError,
  TargetError,
  StartedInImportError,
  ThrownValueError,
  OptionError,
] as const;
