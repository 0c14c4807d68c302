import type { PlanOptions } from '../plan/plan.js';
import { Plan } from '../plan/plan.js';
import type { SpaceSpec } from '../space/space-spec.js';

/** What is said of points; left out or undefined is the same. */
type PlanSpec = { readonly [K in keyof (SpaceSpec & PlanOptions)]?: (SpaceSpec & PlanOptions)[K] | undefined } & {
  readonly spaces?: readonly SpaceSpec[] | undefined;
};

/** The plan of what a specification says of its space. */
export function planOf(spec: PlanSpec): Plan {
  const { limit, shard, folders, spaces, title, variables, points, computed, defaults } = spec;
  const { aliases, constraints, exclude, include, repeats, sample } = spec;
  const one = { title, variables, points, computed, defaults, aliases, constraints, exclude, include, repeats };
  const options = given({ limit, shard, folders, ...(spaces && { sample }) });
  return new Plan(spaces ? { spaces } : given({ ...one, sample }), options);
}

/** Without what is not there. */
function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }; // the same, less what is undefined
}
