import { Deferred } from '../base/deferred.js';
import { CallAbortedError, OptionError } from '../base/errors.js';
import type { OpenCall } from '../worker/call-book.js';
import type { Outcome } from '../worker/outcome.js';
import type { PersistentWorker } from '../worker/persistent-worker.js';
import type { Job, JobOwner } from './job.js';
import { Prefetch } from './prefetch.js';

export interface SlotOptions {
  readonly prefetch: 'auto' | number;
  readonly maxCalls: number;
  /** Makes the worker that fills it, and each one that replaces it. Without it, a worker that is gone is not replaced. */
  readonly make: (() => PersistentWorker) | undefined;
}

export interface SlotListener {
  /** There is room in it, or it is gone. */
  onChange(): void;
  /** Its worker has ended by itself; returns whether another one is to take its place. */
  onDied(slot: Slot, outcome: Outcome<unknown>): boolean;
}

interface InFlight {
  readonly owner: JobOwner;
  readonly id: number;
  /** Somebody waits for it to be over. */
  settled?: Deferred<void>;
}

/** A place in the pool. It survives the workers that fill it, one after the other. */
export class Slot {
  worker: PersistentWorker;
  readonly #options: SlotOptions;
  readonly #listener: SlotListener;
  readonly #prefetch: Prefetch;
  readonly #inFlight = new Map<Job, InFlight>();
  #state: 'starting' | 'up' | 'leaving' | 'gone' = 'starting';
  #wasUp = false;
  #left: number;
  #calls = 0;
  #lastEndAt = 0;
  /** Answers of the batch that is being read. */
  #answers = 0;
  /** Somebody waits for a fresh worker. */
  #renewal: Deferred<void> | undefined;
  /** How many calls were at the worker when it died. */
  #atDeath: number | undefined;

  constructor(worker: PersistentWorker, options: SlotOptions, listener: SlotListener) {
    this.worker = worker;
    this.#options = options;
    this.#listener = listener;
    this.#prefetch = new Prefetch(options.prefetch);
    this.#left = options.maxCalls;
    void this.#follow(worker);
  }

  get isGone(): boolean {
    return this.#state === 'gone';
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** Calls that ended here. */
  get calls(): number {
    return this.#calls;
  }

  get hasRoom(): boolean {
    return this.#state === 'up' && this.#left > 0 && this.#inFlight.size < this.#prefetch.depth;
  }

  /** Throws `UnsendableError`, and then the worker has not got it. */
  give(job: Job, owner: JobOwner): void {
    const call: OpenCall = { settle: (outcome) => this.#settle(job, outcome) };
    const { timeoutMs } = owner;
    const now = performance.now();
    const id = this.worker.submit(owner.argsOf(job), timeoutMs === undefined ? undefined : { timeoutMs }, call);
    job.attempt += 1;
    job.startedAt = now;
    if (this.#inFlight.size === 0) this.#lastEndAt = now;
    this.#inFlight.set(job, { owner, id });
    this.#left -= 1;
  }

  /** Takes down what it has of this owner. */
  abandon(owner: JobOwner): void {
    for (const flight of this.#inFlight.values()) {
      if (flight.owner !== owner || flight.settled) continue;
      flight.settled = new Deferred();
      void this.worker.abandon(flight.id, flight.settled.promise);
    }
  }

  /** Takes nothing more; its worker is closed when it is through. Resolves when it is gone. */
  async leave(): Promise<void> {
    if (this.#state === 'gone') return;
    this.#state = 'leaving';
    this.#closeWhenThrough();
    await this.worker.wait();
  }

  async terminate(options: { graceMs?: number } = {}): Promise<void> {
    this.#state = this.#state === 'gone' ? 'gone' : 'leaving';
    await this.worker.terminate(options);
  }

  #settle(job: Job, outcome: Outcome<unknown>): void {
    const flight = this.#inFlight.get(job);
    if (!flight) return;
    flight.settled?.resolve();
    const isDeath =
      outcome.type === 'lost' || (outcome.type === 'terminated' && !(outcome.error instanceof CallAbortedError));
    if (isDeath) this.#atDeath ??= this.#inFlight.size;
    else this.#learn();
    this.#inFlight.delete(job);
    this.#calls += 1;
    flight.owner.settle(job, outcome, { workerName: this.worker.name, wasAlone: this.#atDeath === 1 });
    if (this.#left === 0 || this.#state === 'leaving') this.#closeWhenThrough();
    this.#listener.onChange();
  }

  /** Answers come in batches: the time since the last batch is that of all which come now. */
  #learn(): void {
    this.#answers += 1;
    if (this.#answers > 1) return;
    queueMicrotask(() => {
      const now = performance.now();
      this.#prefetch.learn(now - this.#lastEndAt, this.#answers);
      this.#lastEndAt = now;
      this.#answers = 0;
    });
  }

  #closeWhenThrough(): void {
    if (this.#inFlight.size === 0) this.worker.close();
  }

  /** A fresh worker in its place. What the old one has is done again. */
  async renew(): Promise<void> {
    if (!this.#options.make) throw new OptionError(`Worker "${this.worker.name}" was attached: restart it yourself.`);
    if (this.#state === 'gone' || this.#state === 'leaving') return;
    this.#renewal ??= new Deferred();
    const { promise } = this.#renewal;
    await this.worker.terminate();
    await promise;
    await this.worker.ready;
  }

  async #follow(worker: PersistentWorker): Promise<void> {
    const isReady = await worker.ready.then(
      () => true,
      () => false,
    );
    if (isReady && this.#state === 'starting' && worker.isAlive()) {
      this.#state = 'up';
      this.#wasUp = true;
      this.#listener.onChange();
    }
    const outcome = await worker.outcome();
    const isMeant = this.#state === 'leaving' || !this.#wasUp; // whoever added it is told that it never came up
    this.#state = 'gone';
    this.#atDeath = undefined;
    if (!isMeant && this.#isToBeReplaced(outcome)) this.#replace();
    this.#renewal?.resolve();
    this.#renewal = undefined;
    this.#listener.onChange();
  }

  #isToBeReplaced(outcome: Outcome<unknown>): boolean {
    const isWornOut = this.#left === 0 && outcome.type === 'returned';
    const isAllowed = this.#renewal !== undefined || isWornOut || this.#listener.onDied(this, outcome);
    return isAllowed && this.#options.make !== undefined;
  }

  #replace(): void {
    this.#prefetch.forget();
    this.#left = this.#options.maxCalls;
    this.worker = (this.#options.make as () => PersistentWorker)();
    this.#state = 'starting';
    void this.#follow(this.worker);
  }
}
