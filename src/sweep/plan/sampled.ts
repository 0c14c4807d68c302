import { checkOptions, isCount } from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';
import { lastNotAbove } from '../space/extra-points.js';
import { Random } from '../space/random.js';
import type { SampleSpec } from '../space/space-spec.js';
import { collected } from './collection.js';
import { IdList } from './id-list.js';
import { type Source, someOf } from './source.js';

/** What a sample has left of its sources. */
export interface Sampled {
  readonly sources: readonly Source[];
  readonly duplicates: number;
  /** Whether all points were looked at, so that what was cut is known. */
  readonly isComplete: boolean;
}

/** Up to so many places all points are listed and drawn from. Beyond, places are drawn until enough of them have points. */
const listedMax = 4_000_000;

/** So many points of the sources, each as likely as any other, the same for the same seed; in order. */
export function sampled(sources: readonly Source[], sample: SampleSpec): Sampled {
  checkOptions(sample, { count: isCount, seed: isSeed });
  if (sample.count === undefined) throw new OptionError('A sample takes a count: how many points.');
  const total = sources.reduce((sum, { size }) => sum + size, 0);
  const isListed = total <= listedMax || sample.count > total / 8;
  return (isListed ? undefined : drawn(sources, sample)) ?? picked(sources, sample);
}

function isSeed(value: unknown): string | undefined {
  return Number.isSafeInteger(value) ? undefined : 'a whole number';
}

function picked(sources: readonly Source[], { count, seed = 0 }: SampleSpec): Sampled {
  const { points } = collected(sources);
  if (count > points.size) {
    throw new OptionError(
      `A sample of ${count} is more than there are: ${points.size} points. Lower its count, or leave it out.`,
    );
  }
  const positions: number[][] = sources.map(() => []);
  for (const index of placesOf(points.size, count, new Random(seed))) {
    const { source, position } = points.at(index);
    positions[source]?.push(position);
  }
  return { sources: sorted(sources, positions), duplicates: points.duplicates, isComplete: true };
}

/** `undefined` where points are so rare that it would never end. */
function drawn(sources: readonly Source[], { count, seed = 0 }: SampleSpec): Sampled | undefined {
  const random = new Random(seed);
  const starts: number[] = [];
  let total = 0;
  for (const { size } of sources) {
    starts.push(total);
    total += size;
  }
  const makers = sources.map(({ space }) => space.idMaker());
  const positions: number[][] = sources.map(() => []);
  const ids = new IdList();
  for (let triesLeft = 1_000_000 + 100 * count; ids.length < count; triesLeft--) {
    if (triesLeft === 0) return undefined;
    const place = random.below(total);
    const at = lastNotAbove(starts, place);
    const source = sources[at] as Source;
    const position = source.positionAt(place - (starts[at] as number));
    if (source.admits(position) && ids.add(makers[at]?.(position) ?? '')) positions[at]?.push(position);
  }
  return { sources: sorted(sources, positions), duplicates: 0, isComplete: false };
}

function sorted(sources: readonly Source[], positions: readonly (readonly number[])[]): readonly Source[] {
  return sources.map((source, i) => someOf(source, Float64Array.from(positions[i] ?? []).sort()));
}

/** Different places below `size`, each as likely as any other, at the cost of only as many (Floyd). */
function placesOf(size: number, count: number, random: Random): ReadonlySet<number> {
  const places = new Set<number>();
  for (let last = size - count; last < size; last++) {
    const place = random.below(last + 1);
    places.add(places.has(place) ? last : place);
  }
  return places;
}
