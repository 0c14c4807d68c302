import { checkOptions, isCount, isNumber, isString } from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';
import { type Dimension, dimensionOf } from './dimension.js';
import type { SpaceSpec } from './space-spec.js';

/** The variable that repeats add: the one that varies fastest. */
export function repeatsOf(repeats: SpaceSpec['repeats']): Dimension | undefined {
  if (repeats === undefined) return undefined;
  const spec = typeof repeats === 'number' ? { count: repeats } : repeats;
  checkOptions(spec, { count: isCount, name: isString, from: isNumber });
  const { count, name = 'seed', from = 0 } = spec;
  const problem = isCount(count);
  if (problem) throw new OptionError(`repeats takes ${problem}, not ${String(count)}.`);
  if (!Number.isSafeInteger(from)) throw new OptionError(`The first of the repeats is a whole number, not ${from}.`);
  const values = Array.from({ length: count }, (_, i) => from + i);
  return { ...dimensionOf(name, { values }), isRepeats: true };
}
