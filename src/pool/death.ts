import { CallAbortedError } from '../base/errors.js';
import { errorOf, type Outcome } from '../worker/outcome.js';

/** The call ended with its worker, and that was not for this call's sake. */
export function isDeath(outcome: Outcome<unknown>): boolean {
  return outcome.type === 'lost' || (outcome.type === 'terminated' && !(outcome.error instanceof CallAbortedError));
}

/** Somebody has ended the worker; it was not its own time limit. */
export function isAskedFor(outcome: Outcome<unknown>): boolean {
  return outcome.type === 'terminated' && (outcome.error as { reason?: unknown }).reason !== 'timeout';
}

export function mayHaveRun(outcome: Outcome<unknown>): boolean {
  return (errorOf(outcome) as { mayHaveRun?: boolean } | undefined)?.mayHaveRun !== false;
}
