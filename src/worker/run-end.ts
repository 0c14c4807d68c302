import type { EndReason, Exit, HowTerminated, WorkerLostError, WorkerTerminatedError } from '../base/errors.js';
import { lostError, neverBegunError, terminatedError } from './endings.js';
import type { Outcome } from './outcome.js';

/** How a run ended. What that means for a call depends on whether the call was answered before. */
export type RunEnd =
  | { readonly type: 'finished' }
  | { readonly type: 'refused'; readonly error: unknown }
  | { readonly type: 'terminated'; readonly how: HowTerminated; readonly error: WorkerTerminatedError }
  | { readonly type: 'lost'; readonly exit: Exit; readonly error: WorkerLostError };

/** On whose behalf something is ended. */
export interface Why {
  readonly reason: EndReason;
  readonly cause?: unknown;
}

/** What was learnt while a run went on, and decides what its end is called. */
export class RunFacts {
  /** Why the worker is to end, if somebody wants it to. */
  why: Why | undefined;
  /** For whose sake one call was forced to end; the worker's own reason, should it have died of that. */
  whyForced: Why | undefined;
  forced: 'interrupted' | 'killed' | undefined;
  stoppedHow: 'asked' | 'interrupted' = 'asked';
  /** The host has heard that it is to end. */
  isHeard = false;
  /** The host has said that it is through. */
  isOrderly = false;
  refusal: { readonly error: unknown } | undefined;
  dying: { readonly code: number; readonly error: unknown } | undefined;
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  /** The server that the host runs on is ending it. */
  drain(): void {
    this.why ??= { reason: 'server' };
  }

  conclude(exit: Exit): RunEnd {
    if (this.refusal) return { type: 'refused', error: this.refusal.error };
    if (this.isOrderly) {
      return this.why && this.isHeard ? this.#terminated(this.stoppedHow, this.why) : { type: 'finished' };
    }
    const why = this.why ?? this.whyForced;
    if (why) return this.#terminated(this.forced ?? 'asked', why);
    const told = this.dying ? { ...exit, code: this.dying.code, error: this.dying.error ?? exit.error } : exit;
    return { type: 'lost', exit: told, error: lostError(this.#name, told) };
  }

  /** What becomes of a call that the host has not answered. */
  outcomeOfUnanswered(end: RunEnd): Outcome<unknown> {
    switch (end.type) {
      case 'refused':
        return { type: 'threw', error: end.error };
      case 'lost':
        return end;
      case 'terminated': {
        const { reason, cause } = end.error;
        const mayHaveRun = !this.isOrderly; // an orderly host has answered all that it had begun
        const error = terminatedError({ name: this.#name, how: end.how, reason, mayHaveRun, cause });
        return { type: 'terminated', how: end.how, error };
      }
      case 'finished':
        return { type: 'terminated', how: 'asked', error: neverBegunError(this.#name) };
      default:
        return end satisfies never;
    }
  }

  /** A call that the host has stopped; `cause` is what it threw instead of just stopping. */
  stoppedCall(how: 'asked' | 'interrupted', cause: unknown): Outcome<unknown> {
    this.stoppedHow = how;
    const { reason, cause: ownCause } = this.why ?? { reason: 'asked', cause: undefined };
    return {
      type: 'terminated',
      how,
      error: terminatedError({ name: this.#name, how, reason, cause: cause ?? ownCause }),
    };
  }

  /** A call that was ended before the host could begin it. */
  droppedCall({ reason, cause }: Why): Outcome<unknown> {
    const error = terminatedError({ name: this.#name, how: 'asked', reason, mayHaveRun: false, cause });
    return { type: 'terminated', how: 'asked', error };
  }

  #terminated(how: HowTerminated, why: Why): RunEnd {
    return { type: 'terminated', how, error: terminatedError({ name: this.#name, how, ...why }) };
  }
}
