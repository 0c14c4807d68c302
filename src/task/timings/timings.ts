import { isRecord } from '../../base/checks.js';
import type { Value } from '../value.js';
import type { Percentiles } from './percentiles.js';
import { Sketch, type SketchRecord } from './sketch.js';

/** What timings are recorded as: by name, either every duration in milliseconds or what they come to. */
export type TimingsRecord = Readonly<Record<string, readonly number[] | SketchRecord>>;

/** Durations by name, from any number of tasks and workers. Takes little room, however many there are. */
export class Timings {
  readonly #sketches = new Map<string, Sketch>();

  get names(): string[] {
    return [...this.#sketches.keys()];
  }

  record(name: string, ms: number): void {
    this.#sketch(name).add(ms);
  }

  /** Takes over what others have measured. */
  merge(others: Timings | TimingsRecord): void {
    for (const [name, each] of Object.entries(others instanceof Timings ? others.toJSON() : others)) {
      const sketch = this.#sketch(name);
      if ('buckets' in each) sketch.merge(each);
      else for (const ms of each) sketch.add(ms);
    }
  }

  /** Of all durations of that name; `undefined` where there is none. Percentiles are within 1 %. */
  of(name: string): Percentiles | undefined {
    return this.#sketches.get(name)?.percentiles();
  }

  toJSON(): Record<string, SketchRecord> {
    return Object.fromEntries([...this.#sketches].map(([name, sketch]) => [name, sketch.toJSON()]));
  }

  #sketch(name: string): Sketch {
    const sketch = this.#sketches.get(name) ?? new Sketch();
    this.#sketches.set(name, sketch);
    return sketch;
  }
}

/** The timings in a task's note, `{ timers: … }`; none where it has none. What is not well formed is left out. */
export function timingsIn(note: Value | undefined): TimingsRecord {
  const timers: unknown = isRecord(note) ? note.timers : undefined;
  if (!isRecord(timers)) return {};
  const good = Object.entries(timers).filter(([, each]) => isNumbers(each) || isSketchRecord(each));
  return Object.fromEntries(good) as TimingsRecord; // just looked at, one by one
}

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'number');
}

function isSketchRecord(value: unknown): boolean {
  if (!isRecord(value) || !Array.isArray(value.buckets)) return false;
  const numbers = [value.count, value.total, value.squares, value.min, value.max];
  return isNumbers(numbers) && value.buckets.every((pair) => isNumbers(pair) && pair.length === 2);
}
