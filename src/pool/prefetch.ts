const AHEAD_MS = 4;
const DEPTH_MAX = 512;
const DEPTH_UNKNOWN = 1; // nothing is to wait behind a call that may take hours
const WEIGHT = 0.2; // of the newest duration

/** How many calls a worker gets ahead of time: some milliseconds of work, so that it never waits for the next one, and few wait for it. */
export class Prefetch {
  readonly #given: 'auto' | number;
  #meanMs: number | undefined;

  constructor(given: 'auto' | number) {
    this.#given = given;
  }

  get depth(): number {
    if (this.#given !== 'auto') return this.#given;
    if (this.#meanMs === undefined) return DEPTH_UNKNOWN;
    return Math.min(DEPTH_MAX, 1 + Math.floor(AHEAD_MS / Math.max(this.#meanMs, 1e-6)));
  }

  /** `count` calls took so long, all together. */
  learn(totalMs: number, count: number): void {
    const meanMs = totalMs / count;
    if (this.#meanMs === undefined) this.#meanMs = meanMs;
    else this.#meanMs += (meanMs - this.#meanMs) * Math.min(1, WEIGHT * count);
  }

  forget(): void {
    this.#meanMs = undefined;
  }
}
