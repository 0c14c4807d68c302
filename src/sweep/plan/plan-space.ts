import type { Dimension } from '../space/dimension.js';
import type { Space } from '../space/space.js';
import type { Keeping } from '../space/space-spec.js';

/** A space of a plan, as others see it. */
export interface PlanSpace {
  readonly title: string;
  /** The slowest first. */
  readonly dimensions: readonly PlanDimension[];
}

/** A variable, or a zip of several. */
export interface PlanDimension {
  readonly name: string;
  /** The parameters it moves: its own name, or a zip's members. */
  readonly parameters: readonly string[];
  /** How many values it has; unknown for a list of points. */
  readonly values?: number;
  /** Whether anything is to be loaded for its values. */
  readonly hasLoad: boolean;
  /** What is to be loaded, by parameter; a zip's own by its name. */
  readonly keeping: ReadonlyMap<string, Keeping>;
}

export function planSpaceOf({ title, axes, dimensions }: Space): PlanSpace {
  const byName = new Map(dimensions.map((dimension) => [dimension.name, dimension]));
  return {
    title,
    dimensions: axes.map(({ name, members }) => {
      const dimension = byName.get(name);
      const keeping = dimension ? keepingOf(dimension) : new Map<string, Keeping>();
      const hasLoad = [...keeping.values()].some(({ load }) => load !== undefined);
      return { name, parameters: members, ...(dimension ? { values: dimension.size } : {}), hasLoad, keeping };
    }),
  };
}

function keepingOf({ name, members, keeping }: Dimension): ReadonlyMap<string, Keeping> {
  const all = [...members.map((member) => [member.name, member.keeping] as const), [name, keeping] as const];
  return new Map(all.filter(([, { load, dispose }]) => load !== undefined || dispose !== undefined));
}
