import { OptionError } from '../../base/errors.js';
import type { Params, Value } from '../../task/value.js';
import { areEqual } from './canonical.js';
import { paramsOf } from './computed.js';
import type { Known } from './expression/evaluation.js';
import { Expression } from './expression/expression.js';
import { meant } from './nearest.js';
import { settingsOf } from './setting.js';
import type { Condition, Constraint, SpaceSpec } from './space-spec.js';

/** Tells which points there are, or where a variable is in effect. */
export interface Rule {
  readonly name: string;
  /** The parameters it speaks of; unknown for a function, which may read them all. */
  readonly uses: ReadonlySet<string> | undefined;
  readonly keeps: (known: Known) => boolean;
}

/** The constraints in order, then what is excluded. `names`: the parameters there are. */
export function rulesOf(spec: Pick<SpaceSpec, 'constraints' | 'exclude'>, names: ReadonlySet<string>): readonly Rule[] {
  const constraints = (spec.constraints ?? []).map((each, i) => constraintOf(each, i, names));
  return [...constraints, ...(spec.exclude ?? []).map((each, i) => exclusionOf(each, i, names))];
}

/** A condition as a rule. */
export function conditionOf(name: string, condition: Condition, names: ReadonlySet<string>): Rule {
  if (typeof condition === 'string') {
    const expression = new Expression(condition, { names });
    return { name, uses: expression.names, keeps: (known) => expression.test(known) };
  }
  if (typeof condition !== 'function') {
    throw new OptionError(
      `${name} takes an expression or a function, not ${condition === null ? 'null' : typeof condition}.`,
    );
  }
  return { name, uses: undefined, keeps: (known) => truthOf(name, condition, Object.freeze(paramsOf(known))) };
}

function truthOf(name: string, condition: (params: Params) => boolean, params: Params): boolean {
  const kept: unknown = condition(params);
  if (typeof kept === 'boolean') return kept;
  throw new OptionError(`${name} is a function that returned ${typeof kept}. It has to return true or false.`);
}

function constraintOf(constraint: Constraint, i: number, names: ReadonlySet<string>): Rule {
  if (typeof constraint === 'string') return conditionOf(constraint.trim(), constraint, names);
  if (typeof constraint === 'function') return conditionOf(constraint.name || `constraint ${i + 1}`, constraint, names);
  const { name, rule } = constraint ?? {};
  if (typeof name === 'string' && rule !== undefined) return conditionOf(name, rule, names);
  throw new OptionError(`Constraint ${i + 1} takes an expression, a function, or { name, rule }.`);
}

function exclusionOf(point: NonNullable<SpaceSpec['exclude']>[number], i: number, names: ReadonlySet<string>): Rule {
  const settings = settingsOf(point, `Exclude ${i + 1}`);
  if (settings.length === 0) throw new OptionError(`Exclude ${i + 1} names no parameter, so it would cut everything.`);
  const unknown = settings.find(({ name }) => !names.has(name));
  if (unknown) {
    throw new OptionError(`Exclude ${i + 1}: there is no parameter "${unknown.name}".${meant(unknown.name, names)}`);
  }
  const isCut = (value: Value | undefined, excluded: Value): boolean =>
    value !== undefined && areEqual(value, excluded);
  return {
    name: `exclude ${settings.map(({ name, text }) => `${name}=${text}`).join(', ')}`,
    uses: new Set(settings.map(({ name }) => name)),
    keeps: (known) => !settings.every(({ name, value }) => isCut(known[name], value)),
  };
}
