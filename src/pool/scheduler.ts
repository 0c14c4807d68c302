import { Deferred } from '../base/deferred.js';
import { WorkerClosedError } from '../base/errors.js';
import type { PoolRun } from './pool-run.js';
import type { Slot } from './slot.js';

export interface SchedulerListener {
  onEnqueued(index: number, workerName: string): void;
  onIdle(): void;
}

/** Brings the inputs of runs to workers that have room: the workers in turn, and the runs in turn. */
export class Scheduler {
  readonly #listener: SchedulerListener;
  #slots: Slot[] = [];
  #runs: PoolRun[] = [];
  #nextSlot = 0;
  #nextRun = 0;
  #isPumpDue = false;
  #idle = new Deferred<void>();

  constructor(listener: SchedulerListener) {
    this.#listener = listener;
    this.#idle.resolve();
  }

  get slots(): readonly Slot[] {
    return this.#slots;
  }

  get runs(): readonly PoolRun[] {
    return this.#runs;
  }

  /** Resolves when no run is left. */
  get idle(): Promise<void> {
    return this.#idle.promise;
  }

  add(slot: Slot): void {
    this.#slots.push(slot);
  }

  begin(run: PoolRun): void {
    if (run.isOver) return;
    if (this.#runs.length === 0) this.#idle = new Deferred();
    this.#runs.push(run);
    this.pumpSoon();
  }

  end(run: PoolRun): void {
    this.#runs = this.#runs.filter((each) => each !== run);
    if (this.#runs.length > 0) return;
    this.#idle.resolve();
    this.#listener.onIdle();
  }

  /** Once for all that happens now: answers come in batches. */
  pumpSoon(): void {
    if (this.#isPumpDue) return;
    this.#isPumpDue = true;
    queueMicrotask(() => {
      this.#isPumpDue = false;
      this.#pump();
    });
  }

  #pump(): void {
    this.#slots = this.#slots.filter(({ isGone }) => !isGone);
    if (this.#slots.length === 0) return this.#giveUp();
    let inVain = 0;
    while (inVain < this.#slots.length) {
      this.#nextSlot = (this.#nextSlot + 1) % this.#slots.length;
      const slot = this.#slots[this.#nextSlot] as Slot;
      if (slot.hasRoom && this.#feed(slot)) inVain = 0;
      else inVain += 1;
    }
  }

  /** Gives a worker one more input, if any run has one for it. */
  #feed(slot: Slot): boolean {
    for (let tried = 0; tried < this.#runs.length; tried++) {
      this.#nextRun = (this.#nextRun + 1) % this.#runs.length;
      const run = this.#runs[this.#nextRun] as PoolRun;
      const job = run.take(slot);
      if (!job) continue;
      try {
        slot.give(job, run);
        this.#listener.onEnqueued(job.index, slot.worker.name);
      } catch (error) {
        if (error instanceof WorkerClosedError) {
          run.putBack(job);
          return false;
        }
        run.refuse(job, error, slot.worker.name);
      }
      return true;
    }
    return false;
  }

  #giveUp(): void {
    for (const run of [...this.#runs]) {
      run.abort('ERR_POOL_NO_WORKERS', 'There is no worker, or none is left: add some with addWorker().');
    }
  }
}
