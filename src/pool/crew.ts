import { OptionError } from '../base/errors.js';
import type { Events } from '../base/events.js';
import type { Kind } from '../protocol/messages.js';
import type { Target } from '../target/target.js';
import type { AnyFunction } from '../target/target-ref.js';
import { errorOf, type Outcome } from '../worker/outcome.js';
import { PersistentWorker } from '../worker/persistent-worker.js';
import { CrashLoop } from './crash-loop.js';
import { ElasticGroup } from './elastic-group.js';
import { type AddOptions, checkWeight, type PoolOptions, rangeOf, type Size } from './options.js';
import type { PoolEvents } from './pool-events.js';
import { Slot, type SlotListener } from './slot.js';

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
  async add(kind: Kind, size: Size, options: AddOptions<F>): Promise<void> {
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

  attach(worker: PersistentWorker, weight = 1): void {
    this.#enlist(worker, weight, undefined);
  }

  /** There is work for so many more. Returns whether some are to come. */
  grow(count: number): boolean {
    if (this.#isClosed) return false;
    let left = count;
    for (const group of this.#groups) left -= group.grow(left);
    return left < count;
  }

  /** No more are made. */
  close(): void {
    this.#isClosed = true;
    for (const group of this.#groups) group.close();
  }

  #recruiter(
    kind: Kind,
    { target, weight = 1, ...options }: AddOptions<F>,
    { areSeveral }: { readonly areSeveral: boolean },
  ): () => Slot {
    checkWeight(weight);
    const chosen = target ?? this.#target;
    if (!chosen) throw new OptionError('Neither the pool nor this worker has a target.');
    const { maxMemoryMb, args = [] } = this.#options;
    return () => {
      const base = options.name ?? this.#name;
      const name = options.name && !areSeveral ? base : `${base}-${++this.#named}`;
      const make = (): PersistentWorker => {
        const worker = new PersistentWorker<F>(kind, chosen, {
          ...(maxMemoryMb !== undefined && { maxMemoryMb }),
          args,
          ...options,
          name,
        });
        this.#events.emit('worker', name);
        return worker as unknown as PersistentWorker;
      };
      return this.#enlist(make(), weight, make);
    };
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
