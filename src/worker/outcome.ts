import type { Exit, HowTerminated, WorkerLostError } from '../base/errors.js';

/** How a worker, or one call of a persistent worker, has ended. */
export type Outcome<T> =
  | { readonly type: 'notRun' }
  | { readonly type: 'returned'; readonly value: T }
  | { readonly type: 'threw'; readonly error: unknown }
  | { readonly type: 'terminated'; readonly how: HowTerminated; readonly error: Error }
  | { readonly type: 'lost'; readonly exit: Exit; readonly error: WorkerLostError };

/** What is wrong with it, if anything is. */
export function errorOf(outcome: Outcome<unknown>): unknown {
  return 'error' in outcome ? outcome.error : undefined;
}

/** The value, or the error thrown. */
export function unwrap<T>(outcome: Outcome<T>): T {
  switch (outcome.type) {
    case 'returned':
      return outcome.value;
    case 'notRun':
      return undefined as T; // a worker that was not to run has no value, and that is no error
    default:
      throw outcome.error;
  }
}
