import type { Value } from '../../../task/value.js';
import { printable } from '../../results/printable.js';

/** A value to be read, in one line. */
export function textOf(value: Value): string {
  if (value === null) return '–';
  if (typeof value === 'number') return numberOf(value);
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Texts below each other. */
export function linesOf(lines: readonly string[]): string {
  return lines.map((line) => printable(line.replaceAll('\t', '    '))).join('\n');
}

/** To four digits: `0.25`, `1e-5`, `12345`. */
export function numberOf(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e7) return String(value);
  const short = Number(value.toPrecision(4));
  return size < 1e-3 || size >= 1e7 ? short.toExponential().replace('e+', 'e') : String(short);
}

/** A name or value in one line, and no longer than that. */
export function cut(text: string, max: number): string {
  const characters = [...printable(text.slice(0, max * 8))];
  return characters.length > max ? `${characters.slice(0, max - 1).join('')}…` : text;
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** `2 h 5 min`, `3.2 s`. */
export function durationOf(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Number((ms / 1000).toPrecision(3))} s`;
  const at = units.findIndex(([, unitMs]) => ms >= unitMs);
  const [[unit, unitMs], below] = [units[at] ?? units[3], units[at + 1]];
  const whole = Math.floor(ms / unitMs);
  const rest = below ? Math.floor((ms - whole * unitMs) / below[1]) : 0;
  return below && rest > 0 ? `${whole} ${unit} ${rest} ${below[0]}` : `${whole} ${unit}`;
}

/** In the reader's own time zone. */
export function momentOf(ms: number): string {
  return new Date(ms).toLocaleString('sv'); // 2026-01-31 12:00:00
}
