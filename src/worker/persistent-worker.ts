import { WorkerClosedError } from '../base/errors.js';
import type { Traffic } from '../channel/channel.js';
import type { Kind } from '../protocol/messages.js';
import type { AnyFunction } from '../target/target-ref.js';
import type { OpenCall } from './call-book.js';
import { CallLimits } from './call-limits.js';
import { Handle } from './handle.js';
import {
  type CallOptions,
  checkCallOptions,
  checkPersistentOptions,
  checkTimeout,
  type PersistentWorkerOptions,
  type TerminateOptions,
} from './options.js';
import { errorOf, type Outcome, unwrap } from './outcome.js';
import { ResultQueue } from './result-queue.js';
import type { Run } from './run.js';
import type { RunEnd } from './run-end.js';
import { type MaybeTarget, settingsOf } from './settings.js';
import type { ArgsOf, ValueOf } from './signature.js';

/** The two ways of calling, with options for these calls. */
export interface Caller<F extends AnyFunction> {
  call(...args: ArgsOf<F>): Promise<ValueOf<F>>;
  enqueue(...args: ArgsOf<F>): void;
}

/** One host that takes many calls of one target, one after the other. It ends when it is closed, or ended. */
export class PersistentWorker<F extends AnyFunction = AnyFunction> extends Handle<number> implements Caller<F> {
  readonly #results: ResultQueue<ValueOf<F>>;
  #isClosed = false;

  constructor(kind: Kind, target: MaybeTarget<F>, options: PersistentWorkerOptions = {}) {
    const settings = settingsOf(kind, target, options, checkPersistentOptions);
    const results = new ResultQueue<ValueOf<F>>();
    super(settings, {
      begin: () => {},
      conclude: (run, end) => {
        results.close();
        return concluded(end, run.calls.done, options.stopOnError ? run.calls.firstError : undefined);
      },
    });
    this.#results = results;
    if (!this.isAlive()) results.close();
  }

  /** A worker that is ready when the promise resolves. */
  static async create<F extends AnyFunction>(
    kind: Kind,
    target: MaybeTarget<F>,
    options: PersistentWorkerOptions = {},
  ): Promise<PersistentWorker<F>> {
    const worker = new PersistentWorker<F>(kind, target, options);
    await worker.ready;
    return worker;
  }

  /** Calls the target; the outcome is read with `nextResult` and the iterators. Throws `WorkerClosedError` once closed. */
  enqueue(...args: ArgsOf<F>): void {
    this.#enqueue(args, undefined);
  }

  /** Calls the target and resolves with what it returns. Such results are not for `nextResult` and the iterators. */
  call(...args: ArgsOf<F>): Promise<ValueOf<F>> {
    return this.#call(args, undefined);
  }

  /** The same with options: `worker.with({ timeoutMs: 100 }).call(3)`. */
  with(options: CallOptions): Caller<F> {
    checkCallOptions(options);
    return {
      call: (...args) => this.#call(args, options),
      enqueue: (...args) => this.#enqueue(args, options),
    };
  }

  /**
   * The outcome of the next enqueued call: resolves with its value, rejects with its error. Rejects with a
   * `NoResultError` when none comes in time, and when all have been read and the worker is closed.
   */
  async nextResult({ timeoutMs = Number.POSITIVE_INFINITY }: { timeoutMs?: number } = {}): Promise<ValueOf<F>> {
    checkTimeout(timeoutMs);
    return unwrap(await this.#results.next(timeoutMs));
  }

  /** Results of enqueued calls in their order, up to `max`, or until the worker is closed and all are read. Throws a call's error. */
  resultsIter({ max = Number.POSITIVE_INFINITY }: { max?: number } = {}): AsyncIterableIterator<ValueOf<F>> {
    return this.#results.iterate(max, unwrap);
  }

  /** As `resultsIter`, but it never throws: each item says itself how its call ended. */
  outcomesIter({ max = Number.POSITIVE_INFINITY }: { max?: number } = {}): AsyncIterableIterator<Outcome<ValueOf<F>>> {
    return this.#results.iterate(max, (outcome) => outcome);
  }

  /** Takes no more calls; works off what was enqueued, then ends. */
  close(): void {
    if (this.#isClosed || !this.isAlive()) return;
    this.#isClosed = true;
    this.markClosing();
    this.run?.close();
    this.#results.close();
  }

  /**
   * Ends the host, if need be, and starts a fresh one with the last user state. What was enqueued and not begun is
   * dropped; resolves with the number of results that were there and had not been read.
   */
  async restart(options: TerminateOptions = {}): Promise<number> {
    let dropped = 0;
    await this.startAgain(options, () => {
      this.#isClosed = false;
      dropped = this.#results.reset();
    });
    return dropped;
  }

  /** Sends a call; `call` is told how it ends. Returns its number. @internal */
  submit(args: ArgsOf<F>, options: CallOptions | undefined, call: OpenCall): number {
    const run = this.#openRun();
    if (!options) return run.call(args, call);
    const limits = new CallLimits(run, options, call);
    const id = run.call(args, limits, options.transfer);
    limits.watch(id);
    return id;
  }

  /**
   * The same for several at once, which costs far less than one by one: the first of their numbers. Only for plain data;
   * otherwise nothing is sent, and the answer is `undefined`. @internal
   */
  submitAll(
    argsOfEach: readonly ArgsOf<F>[],
    options: CallOptions | undefined,
    calls: readonly OpenCall[],
  ): number | undefined {
    const run = this.#openRun();
    const first = run.calls.nextId;
    const limits = options && calls.map((call) => new CallLimits(run, options, call));
    if (!run.callAll(argsOfEach, limits ?? calls)) return undefined;
    limits?.forEach((each, i) => void each.watch(first + i));
    return first;
  }

  /** @internal */
  get traffic(): Traffic {
    return this.run?.traffic ?? { bytesSent: 0, bytesReceived: 0 };
  }

  /** Takes a call down that was submitted; `settled` resolves when it is over. @internal */
  async abandon(id: number, settled: Promise<unknown>): Promise<void> {
    await this.run?.abortCall(id, settled, { reason: 'signal' });
  }

  /** Takes back the calls whose turn has not come and that have not begun: they end as `notRun`. @internal */
  recall(): void {
    this.run?.recall();
  }

  #openRun(): Run {
    const { run, state } = this;
    if (run && !run.isOver && !this.#isClosed && state !== 'terminating' && state !== 'ended') return run;
    throw new WorkerClosedError(
      `Worker "${this.name}" takes no more calls: it ${this.#isClosed ? 'was closed' : 'has ended'}.`,
    );
  }

  #call(args: ArgsOf<F>, options: CallOptions | undefined): Promise<ValueOf<F>> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: Outcome<unknown>): void => {
        if (outcome.type === 'returned') resolve(outcome.value as ValueOf<F>);
        else reject(errorOf(outcome));
      };
      this.submit(args, options, { settle });
    });
  }

  #enqueue(args: ArgsOf<F>, options: CallOptions | undefined): void {
    const slot = this.#results.reserve();
    try {
      this.submit(args, options, slot as OpenCall);
    } catch (error) {
      this.#results.giveUpLast();
      throw error;
    }
  }
}

function concluded(end: RunEnd, done: number, firstError: unknown): Outcome<number> {
  switch (end.type) {
    case 'finished':
      return firstError === undefined ? { type: 'returned', value: done } : { type: 'threw', error: firstError };
    case 'refused':
      return { type: 'threw', error: end.error };
    default:
      return end;
  }
}
