import { after, type Timer } from '../base/deadline.js';
import { CallAbortedError, type EndReason } from '../base/errors.js';
import type { CallOptions } from './options.js';
import type { Outcome } from './outcome.js';
import type { Run } from './run.js';
import type { Why } from './run-end.js';

/** Ends one call when its time is over or its signal aborts, and says of its end what that means. */
export class CallLimits {
  readonly #run: Run;
  readonly #options: CallOptions;
  #id = 0;
  #why: (Why & { readonly reason: Exclude<EndReason, 'asked' | 'server'> }) | undefined;
  #timer: Timer | undefined;
  #settled: (() => void) | undefined;

  constructor(run: Run, options: CallOptions) {
    this.#run = run;
    this.#options = options;
  }

  /** The call's time counts from here. */
  startTimer(): void {
    const { timeoutMs } = this.#options;
    if (timeoutMs === undefined || this.#timer) return;
    this.#timer = after(timeoutMs, () => this.#abort({ reason: 'timeout' }), { ref: false });
  }

  watch(id: number): void {
    this.#id = id;
    if (this.#options.signal?.aborted) return this.#onAbort();
    this.#options.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** The call is over. */
  translate(outcome: Outcome<unknown>): Outcome<unknown> {
    this.#timer?.cancel();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#settled?.();
    if (!this.#why || (outcome.type !== 'terminated' && outcome.type !== 'lost')) return outcome;
    const how = outcome.type === 'terminated' ? outcome.how : 'killed';
    return { type: 'terminated', how, error: this.#abortedError(this.#why, outcome.error.cause) };
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
