import type { SweepSpec } from '../../sweep/run/spec.js';
import { Expression } from '../../sweep/space/expression/expression.js';
import type { Setting } from '../../sweep/space/setting.js';
import { Sourced } from '../../sweep/space/sourced.js';
import { Space } from '../../sweep/space/space.js';
import { spaceKeys } from '../../sweep/space/space-keys.js';
import type { Constraint, SpaceSpec, Written, WrittenParams } from '../../sweep/space/space-spec.js';

/** What makes a specification one of only those points for which all filters are true. */
export function filteredBy(filters: readonly string[], spec: SweepSpec): SweepSpec {
  const specs: readonly SpaceSpec[] = spec.spaces ?? [spaceOf(spec)];
  const spaces = specs.map((each) => new Space(each));
  const names = new Set(spaces.flatMap((space) => [...space.names]));
  const expressions = filters.map((filter) => new Expression(filter, { names, absent: 'overlook' }));
  const narrowed = specs.map((each, i) => narrowedTo(expressions, each, spaces[i] as Space)); // there is one for each
  return spec.spaces ? { spaces: narrowed.map((more, i) => ({ ...specs[i], ...more })) } : { ...narrowed[0] };
}

function narrowedTo(expressions: readonly Expression[], spec: SpaceSpec, space: Space): SpaceSpec {
  const sure = sureIn(space);
  const rules = expressions.map((expression) => ruleOf(expression, sure));
  return {
    constraints: [...(spec.constraints ?? []), ...rules],
    ...(spec.include && { include: includedIn(space, expressions) }),
  };
}

/** What a space includes besides, which no rule of its own cuts. */
function includedIn(space: Space, expressions: readonly Expression[]): WrittenParams[] {
  const from = space.size - space.extras.size;
  const positions = Array.from({ length: space.extras.size }, (_, i) => from + i);
  const kept = positions.filter((position) => expressions.every((each) => each.test(space.point(position).params)));
  return kept.map((position) =>
    Object.fromEntries(space.chosen(position).map(({ name, ...how }) => [name, written(how)])),
  );
}

function written({ value, text, isSourced }: Pick<Setting, 'value' | 'text' | 'isSourced'>): Written {
  return isSourced ? new Sourced(value, text) : value;
}

function spaceOf(spec: SweepSpec): SpaceSpec {
  return Object.fromEntries(spaceKeys.flatMap((key) => (spec[key] === undefined ? [] : [[key, spec[key]]])));
}

/** The parameters that every point of a space has. */
function sureIn({ dimensions, axes }: Space): ReadonlySet<string> {
  if (axes.length > dimensions.length) return new Set(); // a list of points, each with parameters of its own
  const always = dimensions.filter(({ when }) => when === undefined);
  return new Set(always.flatMap(({ members }) => members.map(({ name }) => name)));
}

/** Of a parameter that a point does not have nothing is true. */
function ruleOf(expression: Expression, sure: ReadonlySet<string>): Constraint {
  const { text, names } = expression;
  return [...names].every((name) => sure.has(name)) ? text : { name: text, rule: (params) => expression.test(params) };
}
