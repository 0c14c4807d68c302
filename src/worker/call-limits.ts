import { after, type Timer } from '../base/deadline.js';
import { CallAbortedError, type EndReason } from '../base/errors.js';
import type { OpenCall } from './call-book.js';
import type { CallOptions } from './options.js';
import type { Outcome } from './outcome.js';
import type { Run } from './run.js';
import type { Why } from './run-end.js';

/** A call that is ended when its time is over or its signal aborts, and told what that means. */
export class CallLimits implements OpenCall {
  readonly #run: Run;
  readonly #options: CallOptions;
  readonly #call: OpenCall;
  #id = 0;
  #why: (Why & { readonly reason: Exclude<EndReason, 'asked' | 'server'> }) | undefined;
  #timer: Timer | undefined;
  #settled: (() => void) | undefined;

  constructor(run: Run, options: CallOptions, call: OpenCall) {
    this.#run = run;
    this.#options = options;
    this.#call = call;
  }

  /** The call's time counts from here. */
  onTurn(): void {
    this.#call.onTurn?.();
    const { timeoutMs } = this.#options;
    if (timeoutMs === undefined || this.#timer) return;
    this.#timer = after(timeoutMs, () => this.#abort({ reason: 'timeout' }), { ref: false });
  }

  watch(id: number): void {
    this.#id = id;
    if (this.#options.signal?.aborted) return this.#onAbort();
    this.#options.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  settle(outcome: Outcome<unknown>, ranUs?: number): void {
    this.#timer?.cancel();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#settled?.();
    this.#call.settle(this.#translate(outcome), ranUs);
  }

  #translate(outcome: Outcome<unknown>): Outcome<unknown> {
    if (!this.#why || outcome.type === 'returned' || outcome.type === 'threw') return outcome;
    const how = outcome.type === 'terminated' ? outcome.how : outcome.type === 'lost' ? 'killed' : 'asked';
    const thrown = outcome.type === 'notRun' ? undefined : outcome.error.cause;
    return { type: 'terminated', how, error: this.#abortedError(this.#why, thrown) };
  }

  readonly #onAbort = (): void => this.#abort({ reason: 'signal', cause: this.#options.signal?.reason });

  #abort(why: Why & { readonly reason: Exclude<EndReason, 'asked' | 'server'> }): void {
    if (this.#why) return;
    this.#why = why;
    const settled = new Promise<void>((resolve) => {
      this.#settled = resolve;
    });
    void this.#run.abortCall(this.#id, settled, why);
  }

  #abortedError({ reason, cause }: Why & { readonly reason: 'timeout' | 'signal' }, thrown: unknown): CallAbortedError {
    const what =
      reason === 'timeout'
        ? `took longer than its timeoutMs of ${this.#options.timeoutMs}`
        : 'was aborted by its signal';
    const workerSurvived = !this.#run.isOver;
    const fate = workerSurvived ? 'The worker lives on.' : 'The worker had to be ended with it.';
    const because = cause ?? thrown;
    return new CallAbortedError(`The call ${what}. ${fate}`, {
      reason,
      workerSurvived,
      ...(because !== undefined && { cause: because }),
    });
  }
}
