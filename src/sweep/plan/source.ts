import type { Space } from '../space/space.js';
import type { Visit } from '../space/walk.js';

/** Where points come from: all of a space, or some places of one. */
export interface Source {
  readonly space: Space;
  /** How many places to look at; not all need have a point. */
  readonly size: number;
  /** The position in its space that belongs to a place. */
  readonly positionAt: (place: number) => number;
  /** Whether there is a point at that position. */
  readonly admits: (position: number) => boolean;
  /** In order; false if it was stopped. */
  readonly walk: (visit: Visit) => boolean;
  /** How many points each rule of the space has cut so far. */
  readonly cuts: readonly number[];
}

export function wholeOf(space: Space): Source {
  const cuts = space.rules.map(() => 0);
  const walk = (visit: Visit): boolean => space.walk(visit, cuts);
  return { space, size: space.size, positionAt: (place) => place, admits: space.admitter(), walk, cuts };
}

/** Positions that are known to have points, sorted. */
export function someOf({ space, cuts }: Source, positions: Float64Array): Source {
  return {
    space,
    size: positions.length,
    positionAt: (place) => positions[place] as number,
    admits: () => true,
    walk: (visit) => positions.every((position) => visit(position, 1)),
    cuts,
  };
}
