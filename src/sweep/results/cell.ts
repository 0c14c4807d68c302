import type { Value } from '../../task/value.js';
import { printable } from './printable.js';
import { cut } from './text-width.js';

const LONGEST = 10_000; // characters of a value that are looked at

/** A value to be read by people, in one line: numbers to five digits, what is no character to be seen as an escape. */
export function cellOf(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'number') return numberOf(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return printable(text.length > LONGEST ? cut(text, LONGEST) : text);
}

/** `0.5 ± 0.1`; the value alone, where one value is all there is. */
export function withSpread(value: Value, spread: Value): string {
  return typeof spread === 'number' ? `${cellOf(value)} ± ${Number(spread.toPrecision(2))}` : cellOf(value);
}

function numberOf(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)));
}
