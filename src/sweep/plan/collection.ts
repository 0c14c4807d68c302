import { OptionError } from '../../base/errors.js';
import { lastNotAbove } from '../space/extra-points.js';
import { Growing } from './growing.js';
import { IdList } from './id-list.js';
import type { Source } from './source.js';

const pointsMax = 20_000_000;

/** Points of several sources, each once, in their order. */
export class Collection {
  readonly ids = new IdList();
  /** How many were left out because they were there already. */
  duplicates = 0;
  readonly #positions = new Growing();
  /** By point: the sources that have it too; kept where somebody asks. */
  readonly #further: Map<number, number[]> | undefined;
  /** By source: where its points begin. */
  readonly #starts: number[] = [];
  #idOf: (position: number) => string = () => '';

  get size(): number {
    return this.#positions.length;
  }

  constructor({ keepsSources = false }: { readonly keepsSources?: boolean } = {}) {
    this.#further = keepsSources ? new Map() : undefined;
  }

  /** What is added from now on comes from the next source. */
  next({ space }: Source): void {
    this.#starts.push(this.size);
    this.#idOf = space.idMaker();
  }

  add(position: number, times = 1): boolean {
    this.duplicates += times - 1;
    const id = this.#idOf(position);
    if (!this.ids.add(id)) {
      this.duplicates++;
      this.#further?.set(this.ids.indexOf(id), [...this.#furtherOf(this.ids.indexOf(id)), this.#starts.length - 1]);
      return false;
    }
    if (this.size >= pointsMax) {
      throw new OptionError(`The plan has more than ${pointsMax} points. Use fewer values, a limit or a sample.`);
    }
    this.#positions.push(position);
    return true;
  }

  /** Number of the source and position in it. */
  at(index: number): { readonly source: number; readonly position: number } {
    return { source: lastNotAbove(this.#starts, index), position: this.#positions.at(index) };
  }

  /** Numbers of all sources that have it, if they are kept; else of the first. */
  sourcesOf(index: number): readonly number[] {
    return [lastNotAbove(this.#starts, index), ...this.#furtherOf(index)];
  }

  #furtherOf(index: number): readonly number[] {
    return this.#further?.get(index) ?? [];
  }
}

/** All points of these sources, or as many as are wanted; not `isComplete`: there may be more. */
export function collected(
  sources: readonly Source[],
  {
    limit = Number.POSITIVE_INFINITY,
    keepsSources = false,
  }: { readonly limit?: number; readonly keepsSources?: boolean } = {},
): { readonly points: Collection; readonly isComplete: boolean } {
  const points = new Collection({ keepsSources });
  let isComplete = true;
  for (const source of sources) {
    if (!isComplete) break;
    points.next(source);
    isComplete = source.walk((position, times) => {
      points.add(position, times);
      return points.size < limit;
    });
  }
  return { points, isComplete };
}
