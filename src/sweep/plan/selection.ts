import { OptionError } from '../../base/errors.js';
import type { Space } from '../space/space.js';
import type { SampleSpec } from '../space/space-spec.js';
import { collected } from './collection.js';
import { IdList } from './id-list.js';
import { sampled } from './sampled.js';
import { type Source, wholeOf } from './source.js';

/** How many points a rule has cut. */
export interface Cut {
  /** Its name, or its text. */
  readonly rule: string;
  readonly points: number;
  /** Title of the space it belongs to. */
  readonly title: string;
}

interface Range {
  readonly from: number;
  /** Not among them. */
  readonly to: number;
}

/** Which points of its spaces a plan has, in order. */
export interface Selection {
  readonly size: number;
  readonly duplicates: number;
  readonly cuts: readonly Cut[];
  readonly isComplete: boolean;
  /** Number of the space, and position in it. */
  readonly at: (index: number) => { readonly space: number; readonly position: number };
  /** Numbers of all spaces that have the point, where some of them say which commands are run. */
  readonly spacesOf: (index: number) => readonly number[];
  readonly id: (index: number) => string;
  /** Of the places in a range; -1 if it is not there. */
  readonly indexOf: (id: string, range: Range) => number;
}

const indexedMax = 20_000_000;

/** Lists the points once, with their ids; of a grid that has nothing to be cut or found twice not even that. */
export function selectionOf(
  spaces: readonly Space[],
  { limit = Number.POSITIVE_INFINITY, sample }: { readonly limit?: number; readonly sample?: SampleSpec },
): Selection {
  const [only, another] = spaces;
  if (only?.isPlain && !another && !only.sample && !sample) return allOf(only);
  let duplicates = 0;
  let wasComplete = true;
  const sampledOf = (sources: readonly Source[], spec: SampleSpec): readonly Source[] => {
    const result = sampled(sources, spec);
    duplicates += result.duplicates;
    wasComplete &&= result.isComplete;
    return result.sources;
  };
  const own = spaces.flatMap((space) => {
    const whole = wholeOf(space);
    return space.sample ? sampledOf([whole], space.sample) : [whole];
  });
  const sources = sample ? sampledOf(own, sample) : own;
  const { points, isComplete } = collected(sources, { limit, keepsSources: spaces.some((space) => space.only) });
  return {
    size: points.size,
    duplicates: duplicates + points.duplicates,
    cuts: sources.flatMap(cutsOf),
    isComplete: wasComplete && isComplete,
    at: (index) => {
      const { source, position } = points.at(index);
      return { space: source, position };
    },
    spacesOf: (index) => points.sourcesOf(index),
    id: (index) => points.ids.at(index),
    indexOf: (id) => points.ids.indexOf(id),
  };
}

function allOf(space: Space): Selection {
  const idOf = space.idMaker();
  let ids: IdList | undefined;
  return {
    size: space.size,
    duplicates: 0,
    cuts: [],
    isComplete: true,
    at: (position) => ({ space: 0, position }),
    spacesOf: () => [0],
    id: idOf,
    indexOf: (id, range) => {
      ids ??= idsOf(range, idOf);
      const found = ids.indexOf(id);
      return found < 0 ? -1 : range.from + found;
    },
  };
}

function idsOf({ from, to }: Range, idOf: (position: number) => string): IdList {
  if (to - from > indexedMax) {
    throw new OptionError(
      `The plan has ${to - from} tasks, too many to find one by its id. Use a limit, a sample or a shard.`,
    );
  }
  const ids = new IdList();
  for (let position = from; position < to; position++) ids.add(idOf(position));
  return ids;
}

function cutsOf({ space, cuts }: Source): readonly Cut[] {
  return space.rules.map(({ name }, i) => ({ rule: name, points: cuts[i] ?? 0, title: space.title }));
}
