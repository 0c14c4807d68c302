/** The same numbers for the same seed, on every machine (two streams of mulberry32 make 53 bits). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.trunc(seed) ^ Math.trunc(seed / 2 ** 32);
  }

  /** A whole number from 0 to `end`, without it; up to 2^53. */
  below(end: number): number {
    const fraction = ((this.#next() >>> 5) * 2 ** 26 + (this.#next() >>> 6)) / 2 ** 53;
    return Math.floor(fraction * end);
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
}
