import { WorkerClosedError } from '../base/errors.js';
import type { Events } from '../base/events.js';
import type { Kind } from '../protocol/messages.js';
import type { Target } from '../target/target.js';
import type { AnyFunction } from '../target/target-ref.js';
import { errorOf, type Outcome } from '../worker/outcome.js';
import type { PersistentWorker } from '../worker/persistent-worker.js';
import { CrashLoop } from './crash-loop.js';
import { ElasticGroup } from './elastic-group.js';
import { Guests } from './guests.js';
import { type AddOptions, checkWeight, type PoolOptions, rangeOf, type Size } from './options.js';
import type { PoolEvents } from './pool-events.js';
import { Slot, type SlotListener } from './slot.js';
import { checkTenant } from './tenants.js';
import { makerOf, type WorkerMaker } from './worker-maker.js';

const IDLE_TIMEOUT_MS = 30_000;
const BACKOFF_MS = 200;

export interface CrewListener {
  /** Something has changed that may let inputs go on. */
  onChange(): void;
  onSlot(slot: Slot): void;
}

/** The workers of a pool: how they are made, counted, replaced, and let go. */
export class Crew<F extends AnyFunction> {
  readonly #name: string;
  readonly #target: Target<F> | undefined;
  readonly #options: PoolOptions;
  readonly #events: Events<PoolEvents>;
  readonly #listener: CrewListener;
  readonly #crashes: CrashLoop;
  readonly #groups: ElasticGroup[] = [];
  readonly #guests = new Guests();
  #named = 0;
  #isClosed = false;
  /** Why the last worker that died is gone. */
  lastDeath: unknown;

  constructor(
    target: Target<F> | undefined,
    options: PoolOptions & { readonly name: string },
    events: Events<PoolEvents>,
    listener: CrewListener,
  ) {
    this.#target = target;
    this.#options = options;
    this.#name = options.name;
    this.#events = events;
    this.#listener = listener;
    this.#crashes = new CrashLoop(options.respawn || {});
  }

  /** Resolves when they are ready; rejects if one cannot be started, and then none is. */
  async add(kind: Kind | WorkerMaker<F>, size: Size, options: AddOptions<F>): Promise<void> {
    const { min, max } = rangeOf(size);
    const recruit = this.#recruiter(kind, options, { areSeveral: max > 1 });
    const slots: Slot[] = [];
    try {
      while (slots.length < min) slots.push(recruit());
      await Promise.all(slots.map((slot) => slot.worker.ready));
    } catch (error) {
      await Promise.all(slots.map((slot) => slot.terminate()));
      throw error;
    }
    if (max === min) return;
    const { idleTimeoutMs: idleMs = IDLE_TIMEOUT_MS } = this.#options;
    const group = new ElasticGroup(slots, {
      min,
      max,
      idleMs,
      recruit: () => this.#tryOut(recruit, () => group.close()),
    });
    this.#groups.push(group);
    this.#listener.onChange();
  }

  attach(worker: PersistentWorker): void {
    if (this.#guests.has(worker)) return;
    checkTenant(worker);
    this.#guests.welcome(worker, () => this.#enlist(worker, 1, undefined));
  }

  /** An attached worker does not come back when it is restarted. Answers whether it was one of these. */
  forget(worker: PersistentWorker | string): boolean {
    return this.#guests.forget(worker);
  }

  /** Whether there may be more workers, as soon as there is work for them. */
  get mayGrow(): boolean {
    return !this.#isClosed && this.#groups.some(({ isClosed }) => !isClosed);
  }

  /** There is work for so many more. */
  grow(count: number): void {
    if (this.#isClosed) return;
    let left = count;
    for (const group of this.#groups) left -= group.grow(left);
  }

  /** No more are made. */
  close(): void {
    this.#isClosed = true;
    for (const group of this.#groups) group.close();
    this.#guests.close();
  }

  #recruiter(
    kind: Kind | WorkerMaker<F>,
    { target, weight = 1, ...options }: AddOptions<F>,
    { areSeveral }: { readonly areSeveral: boolean },
  ): () => Slot {
    checkWeight(weight);
    const makeOne = makerOf(kind, target ?? this.#target);
    const { maxMemoryMb, args = [] } = this.#options;
    return () => {
      const base = options.name ?? this.#name;
      const name = options.name && !areSeveral ? base : `${base}-${++this.#named}`;
      const make = (): PersistentWorker => {
        const worker: unknown = makeOne({ ...(maxMemoryMb !== undefined && { maxMemoryMb }), args, ...options, name });
        checkTenant(worker);
        this.#refuseIfClosed(worker);
        this.#events.emit('worker', worker.name);
        return worker;
      };
      return this.#enlist(make(), weight, make);
    };
  }

  /** Makers are not ours: who knows what else they do. */
  #refuseIfClosed(worker: PersistentWorker): void {
    if (!this.#isClosed) return;
    void worker.terminate();
    throw new WorkerClosedError(`The pool "${this.#name}" was closed while a worker for it was made.`);
  }

  #enlist(worker: PersistentWorker, weight: number, make: (() => PersistentWorker) | undefined): Slot {
    const {
      prefetch = 'auto',
      batch = 'auto',
      maxCallsPerWorker: maxCalls = Number.POSITIVE_INFINITY,
      respawn,
    } = this.#options;
    const { backoffMs = BACKOFF_MS } = respawn || {};
    const slot = new Slot(worker, { prefetch, batch, maxCalls, weight, backoffMs, make }, this.#slotListener);
    this.#listener.onSlot(slot);
    return slot;
  }

  readonly #slotListener: SlotListener = {
    onChange: () => this.#listener.onChange(),
    onStarted: ({ index }, worker) => {
      if (this.#events.has('started')) this.#events.emit('started', index, worker);
    },
    onProgress: (value, job, worker) => this.#events.emit('progress', value, job?.index, worker),
    onDied: (worker, outcome) => this.#mourn(worker, outcome),
  };

  /** Nobody waits for one that comes when there is work: that it cannot start is told like a death. */
  #tryOut(recruit: () => Slot, giveUp: () => void): Slot | undefined {
    const onFailed = (error: unknown): void => {
      if (!this.#mourn(this.#name, { type: 'threw', error })) giveUp();
      this.#listener.onChange();
    };
    try {
      const slot = recruit();
      slot.worker.ready.catch(onFailed);
      return slot;
    } catch (error) {
      onFailed(error);
      return undefined;
    }
  }

  /** Returns whether the dead worker is to be replaced. */
  #mourn(name: string, outcome: Outcome<unknown>): boolean {
    if (this.#isClosed) return false;
    this.lastDeath = errorOf(outcome);
    this.#events.emit('died', name, this.lastDeath);
    return this.#options.respawn !== false && this.#crashes.allows();
  }
}
