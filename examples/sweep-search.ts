import { rmSync } from 'node:fs';
import { type Search, sweep } from 'pyworkers/sweep';
import { cosine } from './sweep-tasks.js';

const output = 'build/sweep-search';

/** Narrows an interval down to its lowest place, by one new point at a time. */
class GoldenSection implements Search {
  readonly #part = (Math.sqrt(5) - 1) / 2;
  readonly #known = new Map<number, number>();
  #from: number;
  #to: number;

  constructor(from: number, to: number) {
    this.#from = from;
    this.#to = to;
  }

  /** The next point; nothing once the interval is narrow enough. */
  next(): { x: number } | undefined {
    while (this.#to - this.#from > 1e-3) {
      const width = (this.#to - this.#from) * this.#part;
      const [low, high] = [this.#to - width, this.#from + width].map((x) => Number(x.toFixed(9)));
      const unknown = [low, high].find((x) => x !== undefined && !this.#known.has(x));
      if (unknown !== undefined) return { x: unknown };
      if (this.#at(low) < this.#at(high)) this.#to = high ?? this.#to;
      else this.#from = low ?? this.#from;
    }
    return undefined;
  }

  report({ x }: { readonly x?: unknown }, { result }: { readonly result?: { readonly y?: unknown } }): void {
    this.#known.set(Number(x), Number(result?.y));
  }

  #at(x = 0): number {
    return this.#known.get(x) ?? Number.POSITIVE_INFINITY;
  }
}

// The cosine is lowest at pi.
const results = await sweep({ output, search: new GoldenSection(2, 4), task: cosine, workers: { count: 1 } });

const [best] = results.best('y', { goal: 'min' });
console.log(`${results.length} points, the lowest at ${Number(best?.x).toFixed(2)}`);
rmSync(output, { recursive: true });
