import type { Respawn } from './options.js';

/** Counts the deaths of workers: a few now and then are bad luck, many in a short time are a reason of their own. */
export class CrashLoop {
  readonly #max: number;
  readonly #perMs: number;
  readonly #diedAt: number[] = [];

  constructor({ max = 5, perMs = 60_000 }: Respawn = {}) {
    this.#max = max;
    this.#perMs = perMs;
  }

  /** One more has died. Returns whether it is to be replaced. */
  allows(): boolean {
    const now = performance.now();
    this.#diedAt.push(now);
    if (this.#diedAt.length <= this.#max) return true;
    return now - (this.#diedAt.shift() as number) > this.#perMs;
  }
}
