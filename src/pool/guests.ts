import type { WorkerState } from '../worker/lifecycle.js';
import type { PersistentWorker } from '../worker/persistent-worker.js';
import type { Slot } from './slot.js';

/** Workers that are somebody else's. One that has ended comes back when its owner restarts it. */
export class Guests {
  readonly #farewells = new Map<PersistentWorker, () => void>();

  has(worker: PersistentWorker): boolean {
    return this.#farewells.has(worker);
  }

  /** `enlist` gives it a place: now, and each time it comes back. */
  welcome(worker: PersistentWorker, enlist: () => Slot): void {
    let slot = enlist();
    const comeBack = (): void => {
      if (slot.state === 'gone' && this.has(worker)) slot = enlist(); // who is back at once still has its place
    };
    const onState = (state: WorkerState): void => {
      if (state === 'starting') queueMicrotask(comeBack); // it is told just before the new host is there
    };
    worker.on('state', onState);
    this.#farewells.set(worker, () => worker.off('state', onState));
  }

  /** It does not come back. Answers whether there was one of this name. */
  forget(who: PersistentWorker | string): boolean {
    for (const [worker, farewell] of this.#farewells) {
      if (worker !== who && worker.name !== who) continue;
      farewell();
      return this.#farewells.delete(worker);
    }
    return false;
  }

  close(): void {
    for (const farewell of this.#farewells.values()) farewell();
    this.#farewells.clear();
  }
}
