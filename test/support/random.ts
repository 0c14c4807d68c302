/** The same numbers for the same seed, so that a failure can be run again (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 to 1. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** From 0 to `end`, without it. */
  below(end: number): number {
    return Math.floor(this.fraction() * end);
  }

  oneOf<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0];
  }

  isOnceIn(times: number): boolean {
    return this.below(times) === 0;
  }
}

/** `SEED=123 npm test` runs one that failed again. */
export function seedOf(): number {
  return Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
}
