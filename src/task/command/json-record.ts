import type { Params, Value } from '../value.js';

/**
 * A JSON object, such as a command gives as its result. Python's `NaN`, `Infinity` and `-Infinity` are taken, and become
 * null: JSON has no such numbers, and a result has to be written as JSON. Throws what is wrong with anything else.
 */
export function parseRecord(text: string): Params {
  const value = toValue(parse(text));
  if (typeof value === 'object' && value !== null && !isArray(value)) return value;
  const what = isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`;
  throw new Error(`is ${what}; a result is an object of names and values: {"loss": 0.1}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const plain = text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (found) =>
      found.startsWith('"') ? found : 'null',
    );
    try {
      return JSON.parse(plain);
    } catch {
      const start = text.length > 80 ? `${text.slice(0, 80)}…` : text;
      throw new Error(`is no JSON (${(error as Error).message}): ${start}`, { cause: error });
    }
  }
}

/** `1e999` is read as infinite, `-0` as minus zero. */
function toValue(json: unknown): Value {
  if (typeof json === 'number') return Number.isFinite(json) ? json + 0 : null;
  if (Array.isArray(json)) return json.map(toValue);
  if (typeof json !== 'object' || json === null) return json as string | boolean | null; // JSON has nothing else
  return Object.fromEntries(Object.entries(json).map(([name, item]) => [name, toValue(item)]));
}

function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
