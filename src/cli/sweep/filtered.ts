import type { SweepSpec } from '../../sweep/run/spec.js';
import { Expression } from '../../sweep/space/expression/expression.js';
import { Space } from '../../sweep/space/space.js';
import type { Constraint } from '../../sweep/space/space-spec.js';

/** What makes a specification one of only those points for which all filters are true. */
export function filteredBy(filters: readonly string[], { spaces, constraints = [] }: SweepSpec): SweepSpec {
  if (!spaces) return { constraints: [...constraints, ...filters] };
  const names = spaces.map((space) => new Space(space).names);
  const all = new Set(names.flatMap((own) => [...own]));
  return {
    spaces: spaces.map((space, i) => {
      const further = filters.map((filter) => ruleFor(filter, { own: names[i] ?? all, all }));
      return { ...space, constraints: [...(space.constraints ?? []), ...further] };
    }),
  };
}

/** Of a parameter that only other spaces have nothing is true in this one. */
function ruleFor(filter: string, { own, all }: Readonly<Record<'own' | 'all', ReadonlySet<string>>>): Constraint {
  const expression = new Expression(filter, { names: all, absent: 'overlook' });
  const isOwn = [...expression.names].every((name) => own.has(name));
  return isOwn ? filter : { name: filter, rule: (params) => expression.test(params) };
}
