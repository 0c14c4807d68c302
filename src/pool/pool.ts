import { settlesWithin } from '../base/deadline.js';
import { OptionError, PoolError, WorkerClosedError } from '../base/errors.js';
import { Events } from '../base/events.js';
import type { Kind } from '../protocol/messages.js';
import type { Target } from '../target/target.js';
import type { AnyFunction } from '../target/target-ref.js';
import { checkTimeout } from '../worker/options.js';
import type { PersistentWorker } from '../worker/persistent-worker.js';
import type { ArgsOf, ValueOf } from '../worker/signature.js';
import { Crew } from './crew.js';
import { ItemList, ItemQueue, type ItemSink, itemOf, type PoolItem } from './items.js';
import { type Members, membersOf } from './members.js';
import {
  type AddOptions,
  checkPoolOptions,
  checkRunOptions,
  checkStreamOptions,
  type PoolOptions,
  type PoolRunOptions,
  type PoolStreamOptions,
  runDefaults,
  type Size,
} from './options.js';
import type { PoolEvents } from './pool-events.js';
import { PoolRun } from './pool-run.js';
import { type PoolStats, statsOf } from './pool-stats.js';
import { Scheduler } from './scheduler.js';
import type { InputOf, Source } from './source.js';
import type { WorkerMaker } from './worker-maker.js';

const BUFFERED_PER_WORKER = 1024; // items that wait for the reader of a stream

/**
 * Workers of any kinds, side by side, that work off inputs. Every input ends in exactly one way: with a value, with an
 * error, or not processed; and a worker that dies takes none along.
 */
export class Pool<F extends AnyFunction = AnyFunction> {
  readonly name: string;
  readonly #options: PoolOptions;
  readonly #events = new Events<PoolEvents>();
  readonly #crew: Crew<F>;
  readonly #scheduler: Scheduler;
  #isClosed = false;

  constructor(target?: Target<F>, options: PoolOptions = {}) {
    checkPoolOptions(options);
    this.#options = options;
    this.name = options.name ?? 'pool';
    this.#crew = new Crew<F>(target, { ...options, name: this.name }, this.#events, {
      onChange: () => this.#scheduler.pumpSoon(),
      onSlot: (slot) => this.#scheduler.add(slot),
    });
    this.#scheduler = new Scheduler({
      onEnqueued: (index, worker) => {
        if (this.#events.has('enqueued')) this.#events.emit('enqueued', index, worker);
      },
      onIdle: () => this.#events.emit('idle'),
      onHungry: (count) => this.#crew.grow(count),
      mayGrow: () => this.#crew.mayGrow,
      lastDeath: () => this.#crew.lastDeath,
    });
  }

  /** A pool with these workers, which are ready when it resolves. Without any: a thread for each core. */
  static async of<F extends AnyFunction>(
    target: Target<F> | undefined,
    members: Members = {},
    options: PoolOptions = {},
  ): Promise<Pool<F>> {
    const pool = new Pool<F>(target, options);
    try {
      await Promise.all(membersOf(members).map(({ kind, size, options }) => pool.addWorkers(kind, size, options)));
    } catch (error) {
      await pool.terminate();
      throw error;
    }
    return pool;
  }

  /** Its workers that are there now. */
  get workers(): readonly PersistentWorker[] {
    return this.#scheduler.slots.map(({ worker }) => worker);
  }

  /** What it has done so far and has to do now: plain data, for logs. */
  stats(): PoolStats {
    return statsOf(this.name, this.#scheduler);
  }

  toJSON(): PoolStats {
    return this.stats();
  }

  /** Adds a worker of a kind, or of your making, also during runs. Resolves when it is ready; rejects if it cannot start. */
  addWorker(kind: Kind | WorkerMaker<F>, options: AddOptions<F> = {}): Promise<void> {
    return this.addWorkers(kind, 1, options);
  }

  /** Adds several alike, or with `{ min, max }` as many as there is work for. Resolves when the first are ready. */
  async addWorkers(kind: Kind | WorkerMaker<F>, size: Size, options: AddOptions<F> = {}): Promise<void> {
    this.#checkOpen();
    await this.#crew.add(kind, size, options);
  }

  /** Takes in a worker of yours, which is closed with the pool. It is not replaced when it dies; restarted, it is back. */
  attach(worker: PersistentWorker<F>): void {
    this.#checkOpen();
    this.#crew.attach(worker as unknown as PersistentWorker);
  }

  /** Gives a worker nothing more; resolves when it is through with what it has, and closed. */
  async removeWorker(worker: PersistentWorker | string): Promise<void> {
    const slot = this.#scheduler.slots.find((each) => each.worker === worker || each.worker.name === worker);
    const wasAttached = this.#crew.forget(slot?.worker ?? worker);
    if (!slot && !wasAttached) throw new OptionError(`There is no such worker in ${this.name}.`);
    await slot?.leave();
  }

  /** Fresh workers in place of all, with nothing left of what the old ones did. What these had is done again. */
  async restartWorkers(): Promise<void> {
    await Promise.all(this.#scheduler.slots.map((slot) => slot.renew()));
  }

  /** Works off the inputs; resolves with the values in their order. Rejects with a `PoolError` that has what there is. */
  run(
    source: Source<ArgsOf<F>, PersistentWorker<F>>,
    options: PoolRunOptions & { readonly spread: true },
  ): Promise<readonly ValueOf<F>[]>;
  run(source: Source<InputOf<F>, PersistentWorker<F>>, options?: PoolRunOptions): Promise<readonly ValueOf<F>[]>;
  run(source: Source<never, PersistentWorker<F>>, options: PoolRunOptions = {}): Promise<readonly ValueOf<F>[]> {
    checkRunOptions(options);
    const list = new ItemList<unknown, ValueOf<F>>(options);
    this.#begin(source, list, { onError: 'stop', ...runDefaults(this.#options), ...options });
    return list.values;
  }

  /**
   * Works off the inputs as fast as the items are read, and gives these as they end. Reads no further ahead than its
   * workers and a bounded buffer can hold. Leaving the loop ends the run.
   */
  stream(
    source: Source<ArgsOf<F>, PersistentWorker<F>>,
    options: PoolStreamOptions & { readonly spread: true },
  ): AsyncGenerator<PoolItem<ArgsOf<F>, ValueOf<F>>>;
  stream<In extends InputOf<F>>(
    source: Source<In, PersistentWorker<F>>,
    options?: PoolStreamOptions,
  ): AsyncGenerator<PoolItem<In, ValueOf<F>>>;
  stream(
    source: Source<never, PersistentWorker<F>>,
    options: PoolStreamOptions = {},
  ): AsyncGenerator<PoolItem<never, ValueOf<F>>> {
    checkStreamOptions(options);
    return this.#stream(source, options);
  }

  /** Has one of the workers call the target. Rejects with the call's own error. */
  async call(...args: ArgsOf<F>): Promise<ValueOf<F>> {
    try {
      const [value] = await this.run([args], { spread: true });
      return value as ValueOf<F>;
    } catch (error) {
      throw error instanceof PoolError && error.code === 'ERR_POOL_FAILED' ? error.cause : error;
    }
  }

  on<E extends keyof PoolEvents>(event: E, listener: PoolEvents[E]): this {
    this.#events.on(event, listener);
    return this;
  }

  off<E extends keyof PoolEvents>(event: E, listener: PoolEvents[E]): this {
    this.#events.off(event, listener);
    return this;
  }

  /**
   * Takes no more runs; resolves when those that go on are through and the workers have ended. What is not through
   * after `timeoutMs` is terminated.
   */
  async close({ timeoutMs = Number.POSITIVE_INFINITY }: { readonly timeoutMs?: number } = {}): Promise<void> {
    checkTimeout(timeoutMs);
    this.#isClosed = true;
    if (!(await settlesWithin(this.#closeWhenThrough(), timeoutMs))) await this.terminate();
  }

  /** Ends all runs and all workers, politely first, then by force. */
  async terminate(options: { graceMs?: number } = {}): Promise<void> {
    this.#isClosed = true;
    this.#crew.close();
    for (const run of [...this.#scheduler.runs]) run.abort('ERR_POOL_ABORTED', 'The pool was terminated.');
    await Promise.all(this.#scheduler.slots.map((slot) => slot.terminate(options)));
  }

  /** Closes the pool; if a run is going on, the block was left early, and the pool is terminated. */
  async [Symbol.asyncDispose](): Promise<void> {
    await (this.#scheduler.runs.length > 0 ? this.terminate() : this.close());
  }

  async #closeWhenThrough(): Promise<void> {
    await this.#scheduler.idle;
    this.#crew.close();
    await Promise.all(this.#scheduler.slots.map((slot) => slot.leave()));
  }

  async *#stream(
    source: Source<never, PersistentWorker<F>>,
    { ordered = false, ...options }: PoolStreamOptions,
  ): AsyncGenerator<PoolItem<never, ValueOf<F>>> {
    const queue = new ItemQueue<never, ValueOf<F>>({
      max: () => BUFFERED_PER_WORKER * Math.max(1, this.#scheduler.slots.length),
      isOrdered: ordered,
      onRoom: () => this.#scheduler.pumpSoon(),
    });
    const run = this.#begin(source, queue, { onError: 'collect', ...runDefaults(this.#options), ...options });
    try {
      yield* queue.read();
    } finally {
      run.abort('ERR_POOL_ABORTED', 'Nobody reads the stream any more.');
    }
  }

  #begin<In>(
    source: Source<In, never>,
    sink: ItemSink<In>,
    options: PoolRunOptions & { readonly onError: 'stop' | 'collect' },
  ): PoolRun<In> {
    this.#checkOpen();
    const run = new PoolRun<In>({
      ...options,
      source: source as Source<In, PersistentWorker>,
      sink,
      onWork: () => this.#scheduler.pumpSoon(),
      onEnd: (job, outcome, end) => {
        const event = outcome.type === 'returned' ? 'finished' : 'failed';
        if (this.#events.has(event)) this.#events.emit(event, itemOf(job, outcome, end));
      },
      onRetry: ({ index }, error) => this.#events.emit('retried', index, error),
      onOver: (run) => this.#scheduler.end(run as unknown as PoolRun),
      abandon: (run) => this.#scheduler.abandon(run as unknown as PoolRun),
    });
    this.#scheduler.begin(run as unknown as PoolRun);
    run.begin();
    return run;
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new WorkerClosedError(`The pool "${this.name}" was closed.`);
  }
}
