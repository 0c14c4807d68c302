import type { PersistentWorker } from '../worker/persistent-worker.js';
import type { Job } from './job.js';

const LENGTH_MAX = 64;

/** Jobs that some workers were not to have, and wait for others. */
export class SetAside<In> {
  readonly #choose: ((worker: PersistentWorker, input: In) => boolean) | undefined;
  #jobs: Job<In>[] = [];

  constructor(choose: ((worker: PersistentWorker, input: In) => boolean) | undefined) {
    this.#choose = choose;
  }

  get jobs(): readonly Job<In>[] {
    return this.#jobs;
  }

  get length(): number {
    return this.#jobs.length;
  }

  /** So many wait that no further one is looked at: a source may be endless. */
  get isFull(): boolean {
    return this.#jobs.length >= LENGTH_MAX;
  }

  /** The first one that this worker may have. */
  takeFor(worker: PersistentWorker): Job<In> | undefined {
    if (this.#jobs.length === 0) return undefined;
    const at = this.#jobs.findIndex(({ input }) => this.#choose?.(worker, input));
    return at < 0 ? undefined : this.#jobs.splice(at, 1)[0];
  }

  /** Answers whether this worker may have it; otherwise it waits here. */
  offer(worker: PersistentWorker, job: Job<In>): boolean {
    if (!this.#choose) return true;
    let isChosen = false;
    try {
      isChosen = this.#choose(worker, job.input);
    } finally {
      if (!isChosen) this.#jobs.push(job); // also one at which it throws: whoever ends the run has to find it
    }
    return isChosen;
  }

  /** Returns how many there were. */
  clear(): number {
    const { length } = this.#jobs;
    this.#jobs = [];
    return length;
  }
}
