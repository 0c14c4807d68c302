import * as crypto from 'node:crypto';
import type { Params } from '../../task/value.js';
import { checkedValue, codeOf } from './canonical.js';
import { checkName } from './parameter-name.js';

/** Goes into every id: another way of encoding has to be another version. */
const version = 'pyworkers point 1\n';

/**
 * The id of a point: 24 hex digits of SHA-256 over a line for each parameter, sorted by name, name and value as JSON
 * with sorted names. It depends on nothing but these parameters.
 */
export function pointId(params: Params): string {
  const lines = Object.keys(params)
    .sort()
    .map((name) => {
      checkName(name, 'A point');
      return lineOf(name, codeOf(checkedValue(params[name], name)));
    });
  return idOfLines(lines.join(''));
}

/** What a parameter adds to what is hashed. */
export function lineOf(name: string, code: string): string {
  return `${JSON.stringify(name)}:${code}\n`;
}

/** The same, of lines that are sorted already. */
export function idOfLines(lines: string): string {
  return digestOf(version + lines).slice(0, 24);
}

/** In hex. For names that have to be short: some of its first digits. */
function digestOf(text: string): string {
  return crypto.hash('sha256', text);
}

/** As part of a folder's name: 60 bits in 12 letters and digits, none of them upper case. */
export function markOf(text: string): string {
  return BigInt(`0x${digestOf(text).slice(0, 15)}`)
    .toString(32)
    .padStart(12, '0');
}
