import { OptionError } from '../../base/errors.js';
import type { Value } from '../../task/value.js';
import { Sourced } from '../space/sourced.js';
import type { RangeSpec, VariableSpec, Written } from '../space/space-spec.js';

/**
 * Variables as a command line gives them, in order:
 *
 * - `lr=1e-3,1e-4` a list; `tags=["a,b","c"]` one as JSON;
 * - `seed=0..4` whole numbers, both ends among them; `lr=1e-4..1e-1:4:log` so many, evenly on that scale (`linear` without);
 * - `width+depth=64/2,128/4` parameters that move together.
 *
 * Numbers keep the text that they were written as: `1e-4` reaches a command as `1e-4`.
 */
export function variablesFrom(texts: readonly string[]): Record<string, VariableSpec> {
  const variables = new Map<string, VariableSpec>();
  for (const text of texts) {
    const [name, spec] = variableFrom(text);
    if (variables.has(name))
      throw new OptionError(`The parameter "${name}" is given twice. Put all values into one list.`);
    variables.set(name, spec);
  }
  return Object.fromEntries(variables);
}

function variableFrom(text: string): [string, VariableSpec] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) {
    throw new OptionError(
      `A parameter is written name=values (lr=1e-3,1e-4 or seed=0..4), not ${JSON.stringify(text)}.`,
    );
  }
  const name = text.slice(0, at);
  const values = text.slice(at + 1);
  if (name.includes('+')) return [name.replaceAll('+', '.'), zipFrom(name, values)];
  return [name, rangeFrom(name, values) ?? listFrom(name, values)];
}

function rangeFrom(name: string, text: string): RangeSpec | undefined {
  if (/^([+-]?\d+\.\.|\.\.[+-]?\d+)$/.test(text)) {
    throw new OptionError(`The range of "${name}" has two ends: ${name}=0..4, not ${name}=${text}.`);
  }
  const found = /^([^.:,]*(?:\.\d[^.:,]*)?)\.\.([^:,]+)(?::(\d+))?(?::(\w+))?$/.exec(text);
  if (!found) return undefined;
  const [, from = '', to = '', count, scale] = found;
  if (!isNumber(from) || !isNumber(to)) return undefined;
  const ends = { from: Number(from), to: Number(to) };
  if (scale !== undefined && scale !== 'log' && scale !== 'linear') {
    throw new OptionError(`The range of "${name}" has the scale "${scale}". It takes log or linear.`);
  }
  if (count !== undefined) return { ...ends, count: Number(count), ...(scale && { scale }) };
  if (Number.isInteger(ends.from) && Number.isInteger(ends.to)) return ends;
  throw new OptionError(
    `The range of "${name}" goes from ${from} to ${to} in how many steps? Write ${from}..${to}:4, or ${from}..${to}:4:log.`,
  );
}

function listFrom(name: string, text: string): readonly Written[] {
  if (text.startsWith('[')) return jsonList(name, text);
  return text.split(',').map((item) => writtenOf(name, item));
}

function jsonList(name: string, text: string): readonly Value[] {
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list)) return list as readonly Value[]; // JSON has no other values
  } catch {
    // said below
  }
  throw new OptionError(`The values of "${name}" begin with "[" and are no JSON list: ${JSON.stringify(text)}.`);
}

function zipFrom(name: string, text: string): VariableSpec {
  const names = name.split('+');
  const steps = text.split(',').map((step) => step.split('/'));
  const wrong = steps.find((step) => step.length !== names.length);
  if (wrong) {
    throw new OptionError(
      `"${name}" moves ${names.length} parameters together, so each step has ${names.length} values with / between them; ${JSON.stringify(wrong.join('/'))} has ${wrong.length}.`,
    );
  }
  if (new Set(names).size < names.length) throw new OptionError(`"${name}" names a parameter twice.`);
  return {
    zip: Object.fromEntries(names.map((each, i) => [each, steps.map((step) => writtenOf(each, step[i] ?? ''))])),
  };
}

/** What looks like a number, true, false or null is one. */
function writtenOf(name: string, text: string): Written {
  if (text === '')
    throw new OptionError(`The parameter "${name}" has an empty value. For an empty text write ["", …].`);
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  if (!isNumber(text)) return text;
  const value = Number(text);
  return String(value) === text ? value : new Sourced(value, text);
}

/** As JSON writes numbers, and `.5`, `+1`, `1.`; `007` and `0x10` are texts, and so are numbers that are not exact any more. */
function isNumber(text: string): boolean {
  if (!/^[+-]?(0|[1-9]\d*)?(\.\d*)?(e[+-]?\d+)?$/i.test(text) || !/^[+-]?\.?\d/.test(text)) return false;
  const value = Number(text);
  return Number.isFinite(value) && (!/^[+-]?\d+$/.test(text) || Number.isSafeInteger(value));
}
