import { OptionError } from '../../base/errors.js';
import type { RangeSpec } from './space-spec.js';

const countMax = 1_000_000;

/** The values of a range, both ends among them, without the noise of binary fractions: 0.3, not 0.30000000000000004. */
export function rangeOf(name: string, spec: RangeSpec): readonly number[] {
  for (const key of ['from', 'to', 'step', 'count'] as const) {
    const value = spec[key];
    if (value !== undefined && !Number.isFinite(value)) refuse(name, `${key} is a finite number, not ${String(value)}`);
  }
  const { scale = 'linear', step, count } = spec;
  if (scale !== 'linear' && scale !== 'log') refuse(name, `scale is 'linear' or 'log', not ${JSON.stringify(scale)}`);
  if (scale === 'log' && !(spec.from > 0 && spec.to > 0)) refuse(name, 'both ends are above 0 on a logarithmic scale');
  if (step !== undefined && count !== undefined) refuse(name, 'give either step or count');
  if (count !== undefined) return spread(name, spec, count);
  if (step === undefined && scale === 'log') refuse(name, 'give count, or step as a factor');
  return stepped(name, spec, step ?? Math.sign(spec.to - spec.from));
}

function spread(name: string, { from, to, scale }: RangeSpec, count: number): readonly number[] {
  if (!Number.isInteger(count) || count < 1 || count > countMax) {
    refuse(name, `count is a whole number from 1 to ${countMax}, not ${count}`);
  }
  if (count === 1 && from !== to) refuse(name, 'one value cannot be both ends; let count be 2 or more');
  return Array.from({ length: count }, (_, i) => {
    if (i === 0) return from;
    if (i === count - 1) return to;
    const part = i / (count - 1);
    return clean(scale === 'log' ? from * (to / from) ** part : from + (to - from) * part);
  });
}

function stepped(name: string, { from, to, scale }: RangeSpec, step: number): readonly number[] {
  if (from === to) return [from];
  const isLog = scale === 'log';
  if (isLog && (step <= 0 || step === 1)) refuse(name, 'step is a factor above 0 other than 1 on a logarithmic scale');
  const steps = isLog ? Math.log(to / from) / Math.log(step) : (to - from) / step;
  if (!(steps >= 0)) refuse(name, `a step of ${step} does not lead from ${from} to ${to}`);
  const count = Math.floor(steps + 1e-9) + 1;
  if (count > countMax) refuse(name, `it has more than ${countMax} values`);
  return Array.from({ length: count }, (_, i) => (i === 0 ? from : clean(isLog ? from * step ** i : from + step * i)));
}

function clean(value: number): number {
  return Number(value.toPrecision(12));
}

function refuse(name: string, problem: string): never {
  throw new OptionError(`The range of the variable "${name}" is wrong: ${problem}.`);
}
