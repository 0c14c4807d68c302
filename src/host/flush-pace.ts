const SLOW_MS = 0.2;
const BATCH_MAX = 256;

/**
 * How many results wait for each other before they leave together. Many, while calls are so short that sending would
 * cost more than running; one, as soon as a call takes its time: no result may lie behind a long call.
 */
export class FlushPace {
  #batch = 1;
  #held = 0;
  #flushedAt = 0;

  /** A result was reported at time `now`; is it time to send? */
  isDue(now: number): boolean {
    this.#held += 1;
    const isSlow = now - this.#flushedAt > SLOW_MS;
    if (!isSlow && this.#held < this.#batch) return false;
    this.#batch = isSlow ? 1 : Math.min(this.#batch * 2, BATCH_MAX);
    this.#held = 0;
    this.#flushedAt = now;
    return true;
  }

  /** Nothing is left to run. */
  reset(): void {
    this.#batch = 1;
    this.#held = 0;
  }
}
