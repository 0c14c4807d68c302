import { types } from 'node:util';
import type { Flags } from '../protocol/flags.js';
import type { AnyFunction } from '../target/target-ref.js';
import { CallContext, type CallLink, holder, type WorkerContext } from './context.js';

export type CallOutcome =
  | { readonly type: 'returned'; readonly value: unknown }
  | { readonly type: 'threw'; readonly error: unknown }
  | { readonly type: 'interrupted' };

/** What all calls of one host share. */
export interface CallPlace {
  readonly worker: WorkerContext;
  readonly flags: Flags;
  readonly isInterruptible: boolean;
}

/** One run of the target: a plain function, an async one, or a generator of either sort, which it takes step by step. */
export class Call implements CallLink {
  readonly id: number;
  readonly context: CallContext;
  outcome: CallOutcome | undefined;
  /** Resolves (never rejects) when an async target has its outcome. */
  pending: Promise<void> | undefined;
  isBegun = false;
  endedAt = 0;
  #begunAt = 0;
  #isAskedToStop = false;
  readonly #worker: WorkerContext;
  readonly #args: () => readonly unknown[];
  readonly #flags: Flags;
  readonly #isInterruptible: boolean;
  #steps: Generator | undefined;
  #isInTarget = false;

  constructor(id: number, args: () => readonly unknown[], place: CallPlace) {
    this.id = id;
    this.#args = args;
    this.#worker = place.worker;
    this.#flags = place.flags;
    this.#isInterruptible = place.isInterruptible;
    this.context = new CallContext(place.worker, this);
  }

  get shouldStop(): boolean {
    return this.#isAskedToStop || this.#flags.askedToStop || this.#flags.isCancelled(this.id);
  }

  /** How long it took, in microseconds. */
  get ranUs(): number {
    return Math.round(1000 * (this.endedAt - this.#begunAt));
  }

  get isBetweenSteps(): boolean {
    return this.#steps !== undefined && !this.#isSettled;
  }

  get #isSettled(): boolean {
    return this.outcome !== undefined || this.pending !== undefined;
  }

  begin(target: AnyFunction, now: number): void {
    this.isBegun = true;
    this.#begunAt = now;
    this.#run(() => {
      const value = target(...(this.#args() as never[]));
      if (!types.isGeneratorObject(value)) return this.#returned(value);
      if (Symbol.asyncIterator in value) this.pending = this.#drive(value as unknown as AsyncGenerator);
      else this.#steps = value as Generator;
    });
  }

  /** Takes a generator from one `yield` to the next; asked to stop, it has the request thrown in there. */
  step(): void {
    const steps = this.#steps;
    if (!steps) return;
    this.#run(() => {
      const { done, value } = this.shouldStop ? steps.throw(this.context.stopError) : steps.next();
      if (done) this.#returned(value);
      else this.context.progress(value);
    });
  }

  /** The guard was cut off while this call had the thread. What was complete by then stays as it is. */
  cutOff(): void {
    if (!this.#isSettled && this.#isInTarget) this.outcome = { type: 'interrupted' };
  }

  sendProgress(value: unknown): void {
    this.#outsideTarget(() => this.#worker.sendProgress(value));
  }

  askToStop(): void {
    this.#isAskedToStop = true;
    this.context.abort();
  }

  async #drive(steps: AsyncGenerator): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await (this.shouldStop ? steps.throw(this.context.stopError) : steps.next());
        if (done) {
          this.outcome = { type: 'returned', value };
          return;
        }
        this.context.progress(value);
      }
    } catch (error) {
      this.outcome = { type: 'threw', error };
    }
  }

  #returned(value: unknown): void {
    if (isThenable(value)) this.pending = this.#await(value);
    else this.outcome = { type: 'returned', value };
  }

  async #await(value: PromiseLike<unknown>): Promise<void> {
    try {
      this.outcome = { type: 'returned', value: await value };
    } catch (error) {
      this.outcome = { type: 'threw', error };
    }
  }

  /** Runs the target's own code, and nothing else, between entering and leaving the call: only there it may be cut off. */
  #run(code: () => void): void {
    this.#isInTarget = true;
    if (this.#isInterruptible) this.#flags.enterCall(this.id);
    try {
      if (holder.flows) holder.flows.run(this.context, code);
      else {
        holder.current = this.context;
        code();
      }
    } catch (error) {
      this.outcome = { type: 'threw', error };
    }
    this.#isInTarget = false;
    if (this.#isInterruptible && !this.#flags.leaveCall(this.id)) awaitTheCut();
  }

  /** Code of ours that the target called: cut off in its middle, it would leave the channel in pieces. */
  #outsideTarget(code: () => void): void {
    if (!this.#isInTarget || !this.#isInterruptible) return code();
    if (!this.#flags.leaveCall(this.id)) awaitTheCut();
    try {
      code();
    } finally {
      this.#flags.enterCall(this.id);
    }
  }
}

/** A cut for this call is under way. It may not hit anything later, so it has to hit here. */
function awaitTheCut(): void {
  for (;;);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return value !== null && typeof value === 'object' && typeof (value as { then?: unknown }).then === 'function';
}
