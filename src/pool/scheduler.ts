import { after, type Timer } from '../base/deadline.js';
import { Deferred } from '../base/deferred.js';
import { mostStuck, next } from './dispatch.js';
import type { PoolRun } from './pool-run.js';
import type { Slot } from './slot.js';

export interface SchedulerListener {
  onEnqueued(index: number, workerName: string): void;
  onIdle(): void;
  /** There is work for so many more workers. */
  onHungry(count: number): void;
  /** Whether some may come when there is work for them. */
  mayGrow(): boolean;
  /** Why workers are gone. */
  lastDeath(): unknown;
}

/** Brings the inputs of runs to workers, and takes back what waits at one while another idles. */
export class Scheduler {
  readonly #listener: SchedulerListener;
  #slots: Slot[] = [];
  #runs: PoolRun[] = [];
  #isPumpDue = false;
  #look: Timer | undefined;
  #lookInMs = Number.POSITIVE_INFINITY;
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

  /** How many inputs wait for a worker, where that is known. */
  get backlog(): number {
    let sum = 0;
    for (const run of this.#runs) sum += run.backlog;
    return sum;
  }

  /** Resolves when no run is left. */
  get idle(): Promise<void> {
    return this.#idle.promise;
  }

  add(slot: Slot): void {
    this.#slots.push(slot);
    this.pumpSoon();
  }

  begin(run: PoolRun): void {
    if (run.isOver) return;
    if (this.#runs.length === 0) this.#idle = new Deferred();
    this.#runs.push(run);
    this.#runs.sort((one, other) => other.priority - one.priority);
    this.pumpSoon();
  }

  end(run: PoolRun): void {
    this.#runs = this.#runs.filter((each) => each !== run);
    if (this.#runs.length > 0) return;
    this.#lookNoMore();
    this.#idle.resolve();
    this.#listener.onIdle();
  }

  /** Takes down what workers have of this run. */
  abandon(run: PoolRun): void {
    for (const slot of this.#slots) slot.abandon(run);
  }

  /** Once for all that happens now: answers come in batches. */
  pumpSoon(): void {
    if (this.#isPumpDue) return;
    this.#isPumpDue = true;
    queueMicrotask(this.#pump);
  }

  readonly #pump = (): void => {
    this.#isPumpDue = false;
    if (this.#slots.some(isGone)) this.#slots = this.#slots.filter((slot) => !isGone(slot));
    if (this.#runs.length === 0) return;
    this.#lookNoMore();
    this.#feedAll();
    this.#grow();
    this.#relieve();
    this.#giveUpIfStuck();
  };

  #feedAll(): void {
    let workers = this.#slots.filter(({ isOpen }) => isOpen);
    for (;;) {
      const decision = next(workers, performance.now(), this.backlog);
      if (!decision) return;
      if (decision.type === 'rest') this.#lookAgain(decision.forMs);
      else if (this.#feed(decision.worker, decision.count)) continue;
      workers = workers.filter((each) => each !== decision.worker);
    }
  }

  /** Gives a worker some more inputs; answers whether any run had one for it, and it took it. */
  #feed(slot: Slot, count: number): boolean {
    const careful = this.#runs.find(({ hasSuspects }) => hasSuspects);
    if (careful && slot.load.inFlight > 0) return false; // it needs workers that have nothing else
    for (const run of careful ? [careful, ...this.#runs] : this.#runs) {
      const jobs = run.take(slot, slot.fit(count));
      if (jobs.length === 0) continue;
      this.#takeTurns(run);
      for (const { index } of jobs) this.#listener.onEnqueued(index, slot.worker.name);
      return slot.give(jobs, run);
    }
    return false;
  }

  /** Runs of one priority get workers in turn. */
  #takeTurns(run: PoolRun): void {
    if (this.#runs.length === 1) return;
    const others = this.#runs.filter((each) => each !== run);
    const at = others.findLastIndex(({ priority }) => priority >= run.priority) + 1;
    this.#runs = others.toSpliced(at, 0, run);
  }

  #grow(): void {
    if (!this.#runs.some(({ isHungry }) => isHungry)) return;
    if (this.#slots.some(({ isOpen, load }) => isOpen && load.inFlight === 0)) return;
    this.#listener.onHungry(Math.max(1, this.backlog));
  }

  /** While a worker idles, no call waits behind another one's long call. */
  #relieve(): void {
    if (!this.#slots.some(({ isOpen, load }) => isOpen && load.inFlight === 0)) return;
    for (;;) {
      const stuck = mostStuck(this.#slots);
      if (!stuck) return;
      const waitMs = (stuck.load.waitingSince as number) - performance.now();
      if (waitMs > 0) return this.#lookAgain(waitMs);
      stuck.recall();
    }
  }

  #lookAgain(afterMs: number): void {
    if (afterMs >= this.#lookInMs) return;
    this.#lookNoMore();
    this.#lookInMs = afterMs;
    this.#look = after(Math.ceil(afterMs), () => this.pumpSoon(), { ref: false });
  }

  #lookNoMore(): void {
    this.#look?.cancel();
    this.#lookInMs = Number.POSITIVE_INFINITY;
  }

  #giveUpIfStuck(): void {
    if (this.#slots.length === 0) return this.#listener.mayGrow() ? undefined : this.#giveUp();
    if (this.#slots.some(({ isOpen, load }) => !isOpen || load.inFlight > 0)) return; // that will change
    for (const run of [...this.#runs]) run.endIfRefused();
  }

  #giveUp(): void {
    const cause = this.#listener.lastDeath();
    for (const run of [...this.#runs]) run.endForLackOfWorkers(cause);
  }
}

function isGone({ state }: Slot): boolean {
  return state === 'gone';
}
