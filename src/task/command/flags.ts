import type { Value } from '../value.js';
import { shellQuote } from './shell-quote.js';

/**
 * `--name value`. True is the name alone; false, null and an empty array are nothing at all; an array is the name with
 * one word for each item, as argparse's `nargs='+'` takes it; an object is its JSON.
 */
export function renderFlag(name: string, value: Value | undefined, text?: string): string {
  if (value === undefined || value === null || value === false) return '';
  if (value === true) return `--${name}`;
  if (!Array.isArray(value)) return `--${name} ${shellQuote(text ?? textOf(value), 'word')}`;
  const words = value.map((item: Value) => shellQuote(textOf(item), 'word'));
  return words.length === 0 ? '' : [`--${name}`, ...words].join(' ');
}

/** A value in words, where there is no source text. */
export function textOf(value: Value): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
