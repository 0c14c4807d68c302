import { OptionError, PoolError, WorkerClosedError } from '../base/errors.js';
import { Events } from '../base/events.js';
import type { Kind } from '../protocol/messages.js';
import type { Target } from '../target/target.js';
import type { AnyFunction } from '../target/target-ref.js';
import { errorOf, type Outcome } from '../worker/outcome.js';
import { PersistentWorker } from '../worker/persistent-worker.js';
import type { ArgsOf, ValueOf } from '../worker/signature.js';
import { CrashLoop } from './crash-loop.js';
import { heardSink, ItemList, ItemQueue, type ItemSink, type PoolItem } from './items.js';
import { type Members, membersOf } from './members.js';
import {
  type AddOptions,
  checkPoolOptions,
  checkRunOptions,
  checkStreamOptions,
  type PoolOptions,
  type PoolRunOptions,
  type PoolStreamOptions,
} from './options.js';
import type { PoolEvents } from './pool-events.js';
import { PoolRun } from './pool-run.js';
import { Scheduler } from './scheduler.js';
import { Slot } from './slot.js';
import type { InputOf, Source } from './source.js';

const BUFFERED_PER_WORKER = 1024; // items that wait for the reader of a stream

/**
 * Workers of any kinds, side by side, that work off inputs. Every input ends in exactly one way: with a value, with an
 * error, or not processed; and a worker that dies takes none along.
 */
export class Pool<F extends AnyFunction = AnyFunction> {
  readonly name: string;
  readonly #target: Target<F> | undefined;
  readonly #options: PoolOptions;
  readonly #events = new Events<PoolEvents>();
  readonly #crashes: CrashLoop;
  readonly #scheduler: Scheduler;
  #named = 0;
  #isClosed = false;

  constructor(target?: Target<F>, options: PoolOptions = {}) {
    checkPoolOptions(options);
    this.#target = target;
    this.#options = options;
    this.name = options.name ?? 'pool';
    this.#crashes = new CrashLoop(options.respawn || {});
    this.#scheduler = new Scheduler({
      onEnqueued: (index, worker) => this.#events.emit('enqueued', index, worker),
      onIdle: () => this.#events.emit('idle'),
    });
  }

  /** A pool with these workers, which are ready when it resolves. */
  static async of<F extends AnyFunction>(
    target: Target<F> | undefined,
    members: Members,
    options: PoolOptions = {},
  ): Promise<Pool<F>> {
    const pool = new Pool<F>(target, options);
    try {
      await Promise.all(membersOf(members).map(({ kind, options }) => pool.addWorker(kind, options)));
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

  /** Adds a worker, also while runs are going on. Resolves when it is ready; rejects if it cannot be started. */
  async addWorker(kind: Kind, { target, ...options }: AddOptions<F> = {}): Promise<void> {
    this.#checkOpen();
    const chosen = target ?? this.#target;
    if (!chosen) throw new OptionError('Neither the pool nor this worker has a target.');
    const { args = this.#options.args ?? [], name = `${this.name}-${++this.#named}` } = options;
    const make = (): PersistentWorker => {
      const worker = new PersistentWorker<F>(kind, chosen, { ...options, args, name });
      this.#events.emit('worker', name);
      return worker as unknown as PersistentWorker;
    };
    const slot = this.#add(make(), this.#options.respawn === false ? undefined : make);
    try {
      await slot.worker.ready;
    } catch (error) {
      await slot.terminate();
      throw error;
    }
  }

  /** Takes in a worker of yours. It is not replaced when it dies, and is closed with the pool. */
  attach(worker: PersistentWorker<F>): void {
    this.#checkOpen();
    if (!(worker instanceof PersistentWorker)) throw new OptionError('A pool takes in persistent workers only.');
    this.#add(worker as unknown as PersistentWorker, undefined);
  }

  /** Gives a worker nothing more; resolves when it is through with what it has, and closed. */
  async removeWorker(worker: PersistentWorker | string): Promise<void> {
    const slot = this.#scheduler.slots.find((each) => each.worker === worker || each.worker.name === worker);
    if (!slot) throw new OptionError(`There is no such worker in ${this.name}.`);
    await slot.leave();
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
    const list = new ItemList<unknown, ValueOf<F>>();
    this.#begin(source, list, { onError: 'stop', ...this.#defaults(), ...options });
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

  /** Takes no more runs; resolves when those that go on are through and the workers have ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#scheduler.idle;
    await Promise.all(this.#scheduler.slots.map((slot) => slot.leave()));
  }

  /** Ends all runs and all workers, politely first, then by force. */
  async terminate(options: { graceMs?: number } = {}): Promise<void> {
    this.#isClosed = true;
    for (const run of [...this.#scheduler.runs]) run.abort('ERR_POOL_ABORTED', 'The pool was terminated.');
    await Promise.all(this.#scheduler.slots.map((slot) => slot.terminate(options)));
  }

  /** Closes the pool; if a run is going on, the block was left early, and the pool is terminated. */
  async [Symbol.asyncDispose](): Promise<void> {
    await (this.#scheduler.runs.length > 0 ? this.terminate() : this.close());
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
    const run = this.#begin(source, queue, { onError: 'collect', ...this.#defaults(), ...options });
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
      sink: heardSink(sink, (item) => this.#events.emit(item.type === 'returned' ? 'finished' : 'failed', item)),
      onWork: () => this.#scheduler.pumpSoon(),
      onRetry: ({ index }, error) => this.#events.emit('retried', index, error),
      onOver: (run) => this.#scheduler.end(run as unknown as PoolRun),
      abandon: (run) => {
        for (const slot of this.#scheduler.slots) slot.abandon(run as unknown as PoolRun);
      },
    });
    this.#scheduler.begin(run as unknown as PoolRun);
    return run;
  }

  #defaults(): PoolRunOptions {
    const { onError, retry, timeoutMs } = this.#options;
    return { ...(onError && { onError }), ...(retry && { retry }), ...(timeoutMs !== undefined && { timeoutMs }) };
  }

  #add(worker: PersistentWorker, make: (() => PersistentWorker) | undefined): Slot {
    const { prefetch = 'auto', maxCallsPerWorker: maxCalls = Number.POSITIVE_INFINITY } = this.#options;
    const slot = new Slot(
      worker,
      { prefetch, maxCalls, make },
      {
        onChange: () => this.#scheduler.pumpSoon(),
        onDied: ({ worker: { name } }, outcome) => this.#mourn(name, outcome),
      },
    );
    this.#scheduler.add(slot);
    return slot;
  }

  /** Returns whether the dead worker is to be replaced. */
  #mourn(name: string, outcome: Outcome<unknown>): boolean {
    if (this.#isClosed) return false;
    this.#events.emit('died', name, errorOf(outcome));
    return this.#options.respawn !== false && this.#crashes.allows();
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new WorkerClosedError(`The pool "${this.name}" was closed.`);
  }
}
