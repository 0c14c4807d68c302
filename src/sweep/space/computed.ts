import { OptionError } from '../../base/errors.js';
import type { Params, Value } from '../../task/value.js';
import { checkedValue } from './canonical.js';
import type { Known } from './expression/evaluation.js';
import { Expression } from './expression/expression.js';
import { checkName } from './parameter-name.js';
import type { SpaceSpec } from './space-spec.js';

/** A parameter that follows from others. */
export interface Computed {
  readonly name: string;
  /** The parameters it speaks of; unknown for a function, which may read them all. */
  readonly uses: ReadonlySet<string> | undefined;
  readonly value: (known: Known) => Value;
}

/** Reads what is to be computed, in order: each may use those before it. `names`: the parameters there are. */
export function computedOf(spec: SpaceSpec['computed'] = {}, names: ReadonlySet<string>): readonly Computed[] {
  const known = new Set(names);
  return Object.entries(spec).map(([name, how]) => {
    checkName(name, 'Computed');
    if (known.has(name))
      throw new OptionError(`The computed parameter "${name}" is there already: as a variable, default or alias.`);
    const computed = oneOf(name, how, new Set(known));
    known.add(name);
    return computed;
  });
}

/** Only what is in effect, as a function of the user gets it. */
export function paramsOf(known: Known): Params {
  return Object.fromEntries(Object.entries(known).filter((entry): entry is [string, Value] => entry[1] !== undefined));
}

function oneOf(name: string, how: unknown, names: ReadonlySet<string>): Computed {
  if (typeof how === 'string') {
    const expression = new Expression(how, { names });
    return { name, uses: expression.names, value: (known) => expression.value(known) };
  }
  if (typeof how === 'function') {
    return {
      name,
      uses: undefined,
      value: (known) => checkedValue(how(Object.freeze(paramsOf(known))), `The computed parameter "${name}"`),
    };
  }
  throw new OptionError(`The computed parameter "${name}" takes an expression or a function, not ${typeof how}.`);
}
