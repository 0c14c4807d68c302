const TOGETHER_MS = 10;
const TASKS_MAX = 32;

/**
 * How many tasks a worker is given at once: one, unless they are so short that it would mostly wait for the next one. All of
 * them together are to take some 10 ms.
 */
export class Portion {
  #size = 1;

  get size(): number {
    return this.#size;
  }

  /** So long those took that were given last, each on the average. */
  took(eachMs: number): void {
    const fitting = Math.floor(TOGETHER_MS / Math.max(eachMs, TOGETHER_MS / TASKS_MAX));
    this.#size = Math.max(1, Math.min(2 * this.#size, fitting));
  }
}
