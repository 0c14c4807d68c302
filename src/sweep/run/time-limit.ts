import { CallAbortedError } from '../../base/errors.js';

/** A task, or the loading of a value, was over its limit, and was ended. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

export interface TimeLimit {
  readonly ms: number | undefined;
  /** Whose value was being loaded; without one it is the limit of a task. */
  readonly variable?: string;
}

/** An error as a sweep tells it: that a call took too long says how long its limit is, and how to raise it. */
export function toldOfLimit(error: unknown, { ms = 0, variable }: TimeLimit): unknown {
  if (!(error instanceof CallAbortedError) || error.code !== 'ERR_CALL_TIMEOUT') return error;
  const limit = limitText(ms);
  const text =
    variable === undefined
      ? `The task was over its limit of ${limit}, and was ended with all it had started. For more, raise timeoutMs, or pyw-sweep run --timeout.`
      : `Loading ${variable} was over its limit of ${limit}, and was ended. For more, raise loadTimeoutMs.`;
  return new TimedOut(text, { cause: error });
}

/** Exactly: `500 ms`, `1.5 s`, `90 s`, `10 min`, `6 h`. */
function limitText(ms: number): string {
  if (ms >= 3_600_000 && ms % 3_600_000 === 0) return `${ms / 3_600_000} h`;
  if (ms >= 60_000 && ms % 60_000 === 0) return `${ms / 60_000} min`;
  return ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`;
}
