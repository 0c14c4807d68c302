import { setImmediate as nextTurn } from 'node:timers/promises';
import { after, type Timer } from '../base/deadline.js';
import { Deferred } from '../base/deferred.js';
import type { Outcome } from '../worker/outcome.js';
import type { PersistentWorker } from '../worker/persistent-worker.js';
import { tenants } from './tenants.js';

export interface TenancyOptions {
  readonly make: (() => PersistentWorker) | undefined;
  readonly backoffMs: number;
}

export interface TenancyListener {
  /** A worker moves in. */
  onEntry(worker: PersistentWorker): void;
  /** The worker has ended, and so has all it had. */
  onVacant(): void;
  /** The worker moves out: what becomes of it then is no concern of this place. */
  onExit(worker: PersistentWorker): void;
  /** The worker has ended by itself; returns whether another one is to take its place. */
  onDied(outcome: Outcome<unknown>): boolean;
  onChange(): void;
}

/** Who lives in a slot, one worker after the other: how they come, why they go, and whether another one follows. */
export class Tenancy {
  worker: PersistentWorker;
  state: 'starting' | 'up' | 'leaving' | 'gone' = 'starting';
  /** When the worker that is there now came up. */
  upSince = 0;
  readonly #options: TenancyOptions;
  readonly #listener: TenancyListener;
  readonly #gone = new Deferred<void>();
  #wasEverUp = false;
  /** How many in a row did not come up. */
  #failedStarts = 0;
  #pause: Timer | undefined;
  /** Somebody waits for a fresh worker. */
  #renewal: Deferred<void> | undefined;
  /** Bytes to and from those that lived here before. */
  #before = { bytesSent: 0, bytesReceived: 0 };

  constructor(worker: PersistentWorker, options: TenancyOptions, listener: TenancyListener) {
    this.worker = worker;
    this.#options = options;
    this.#listener = listener;
    this.#admit(worker);
  }

  get traffic(): { readonly bytesSent: number; readonly bytesReceived: number } {
    const { bytesSent, bytesReceived } = this.worker.traffic;
    return {
      bytesSent: this.#before.bytesSent + bytesSent,
      bytesReceived: this.#before.bytesReceived + bytesReceived,
    };
  }

  /** `beginToClose` sees to it that the worker is closed as soon as it is through. Resolves when it is gone. */
  async leave(beginToClose: () => void): Promise<void> {
    this.#refuseMore();
    if (this.state === 'leaving') beginToClose();
    await this.#gone.promise;
  }

  async terminate(options: { graceMs?: number }): Promise<void> {
    this.#refuseMore();
    await this.worker.terminate(options);
    await this.#gone.promise;
  }

  /** Resolves when a fresh worker is ready, or when there will be none. */
  async renew(): Promise<void> {
    if (this.state === 'gone' || this.state === 'leaving') return;
    this.#renewal ??= new Deferred();
    const { promise } = this.#renewal;
    await this.worker.terminate();
    await promise;
    await this.worker.ready;
  }

  #admit(worker: PersistentWorker): void {
    tenants.add(worker);
    this.#listener.onEntry(worker);
    void this.#follow(worker);
  }

  #dismiss(): void {
    tenants.delete(this.worker);
    this.#listener.onExit(this.worker);
  }

  #refuseMore(): void {
    if (this.state === 'gone') return;
    this.state = 'leaving';
    if (!this.#pause) return;
    this.#pause.cancel();
    this.#endTenancy();
  }

  async #follow(worker: PersistentWorker): Promise<void> {
    const isReady = await worker.ready.then(
      () => true,
      () => false,
    );
    this.#failedStarts = isReady ? 0 : this.#failedStarts + 1;
    if (isReady && this.state === 'starting' && worker.isAlive()) {
      this.state = 'up';
      this.upSince = performance.now();
      this.#wasEverUp = true;
      this.#listener.onChange();
    }
    const outcome = await worker.outcome();
    const { traffic } = this;
    this.#listener.onVacant();
    if (!this.#isLeaving) {
      this.state = 'starting';
      this.#listener.onChange();
      await nextTurn(); // whoever restarts a worker does it the moment it has ended; then it stays where it was
    }
    if (!this.#isLeaving && worker.isAlive()) {
      this.#before = traffic;
      void this.#follow(worker);
    } else if (this.#isToBeReplaced(outcome)) this.#replaceSoon();
    else this.#endTenancy();
  }

  #isToBeReplaced(outcome: Outcome<unknown>): boolean {
    if (this.#isLeaving) return false;
    if (this.#renewal) return true;
    if (!this.#wasEverUp) return false; // who added it is told that it never came up
    return (isMeant(outcome) || this.#listener.onDied(outcome)) && this.#options.make !== undefined;
  }

  /** One that cannot even start is not tried over and over at once: what it needs may come back. */
  #replaceSoon(): void {
    this.state = 'starting';
    const waitMs = this.#failedStarts === 0 ? 0 : this.#options.backoffMs * 2 ** (this.#failedStarts - 1);
    if (waitMs === 0) return this.#replace();
    this.#pause = after(waitMs, () => {
      this.#pause = undefined;
      this.#replace();
    });
  }

  #replace(): void {
    let worker: PersistentWorker;
    try {
      worker = (this.#options.make as () => PersistentWorker)();
    } catch (error) {
      this.#failedStarts += 1;
      return this.#listener.onDied({ type: 'threw', error }) ? this.#replaceSoon() : this.#endTenancy();
    }
    if (this.#isLeaving) {
      void worker.terminate(); // whoever made it, or was told of it, has let this place go
      return this.#endTenancy();
    }
    this.#before = this.traffic;
    this.#dismiss();
    this.worker = worker;
    this.#admit(worker);
    this.#renewal?.resolve();
    this.#renewal = undefined;
  }

  get #isLeaving(): boolean {
    return this.state === 'leaving';
  }

  #endTenancy(): void {
    this.state = 'gone';
    this.#dismiss();
    this.#renewal?.resolve();
    this.#renewal = undefined;
    this.#gone.resolve();
    this.#listener.onChange();
  }
}

/** The pool itself has ended it: it was through, or one of its calls had to be cut off. */
function isMeant(outcome: Outcome<unknown>): boolean {
  if (outcome.type !== 'terminated') return outcome.type === 'returned';
  return ['timeout', 'signal'].includes((outcome.error as { reason?: string }).reason ?? '');
}
