import type { Percentiles } from './percentiles.js';

const STEP = Math.log(1.02);
const LEAST_MS = 1e-3; // shorter counts as that

/** What a sketch is recorded as. */
export type SketchRecord = {
  readonly count: number;
  readonly total: number;
  readonly squares: number;
  readonly min: number;
  readonly max: number;
  /** How many values each bucket has, by its number. */
  readonly buckets: readonly (readonly [number, number])[];
};

/**
 * Any number of durations in little room: how many fall in each of many small ranges. Percentiles are within 1 %; count, total,
 * least and most are exact. Two of them merge into what one of all values would be.
 */
export class Sketch {
  #count = 0;
  #total = 0;
  #squares = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;
  readonly #buckets = new Map<number, number>();

  get count(): number {
    return this.#count;
  }

  /** What is no duration (negative, NaN, infinite) is not counted. */
  add(ms: number): void {
    if (!(ms >= 0 && ms < Number.POSITIVE_INFINITY)) return;
    const bucket = Math.round(Math.log(Math.max(LEAST_MS, ms)) / STEP);
    this.merge({ count: 1, total: ms, squares: ms * ms, min: ms, max: ms, buckets: [[bucket, 1]] });
  }

  merge({ count, total, squares, min, max, buckets }: SketchRecord): void {
    if (count === 0) return;
    this.#count += count;
    this.#total += total;
    this.#squares += squares;
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
    for (const [bucket, values] of buckets) this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + values);
  }

  percentiles(): Percentiles {
    const count = this.#count;
    const mean = count === 0 ? 0 : this.#total / count;
    const variance = count < 2 ? 0 : (this.#squares - count * mean * mean) / (count - 1);
    const at = this.#finder();
    return {
      count,
      total: this.#total,
      mean,
      std: Math.sqrt(Math.max(0, variance)),
      min: count === 0 ? 0 : this.#min,
      p50: at(50),
      p90: at(90),
      p95: at(95),
      p99: at(99),
      max: this.#max,
    };
  }

  toJSON(): SketchRecord {
    return {
      count: this.#count,
      total: this.#total,
      squares: this.#squares,
      min: this.#count === 0 ? 0 : this.#min,
      max: this.#max,
      buckets: this.#sorted(),
    };
  }

  #sorted(): [number, number][] {
    return [...this.#buckets].sort(([a], [b]) => a - b);
  }

  #finder(): (percent: number) => number {
    const buckets = this.#sorted();
    return (percent) => {
      let left = Math.max(1, Math.ceil((percent / 100) * this.#count));
      for (const [bucket, values] of buckets) {
        left -= values;
        if (left <= 0) return Math.min(this.#max, Math.max(this.#min, Math.exp(bucket * STEP)));
      }
      return 0;
    };
  }
}
