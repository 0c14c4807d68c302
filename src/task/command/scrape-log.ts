import { closeSync, fstatSync, openSync } from 'node:fs';
import { OptionError } from '../../base/errors.js';
import type { Params, Value } from '../value.js';
import { readBytes, splitLines } from './log-tail.js';

const CHUNK_BYTES = 2 ** 20;
const SCAN_BYTES_MAX = 256 * CHUNK_BYTES;
/** Longer lines are cut, so that a pattern that goes over a line again and again comes to an end. */
const LINE_MAX = 2048;

/**
 * The last match of each pattern in a log's lines. Read from the end, and only until all are found; nothing before the
 * last 256 MB is looked at.
 */
export function scrapeLog(path: string, patterns: Readonly<Record<string, string>>): Params {
  const open = new Map(Object.entries(patterns).map(([name, pattern]) => [name, compile(name, pattern)]));
  const found: [string, Value][] = [];
  for (const lines of open.size > 0 ? chunksFromEnd(path) : []) {
    for (let i = lines.length - 1; i >= 0 && open.size > 0; i--) {
      const line = (lines[i] ?? '').slice(0, LINE_MAX);
      for (const [name, pattern] of open) {
        const match = [...line.matchAll(pattern)].at(-1);
        if (!match) continue;
        found.push([name, valueIn(match.slice(1).find((group) => group !== undefined) ?? match[0])]);
        open.delete(name);
      }
    }
    if (open.size === 0) break;
  }
  return Object.fromEntries(found);
}

/** Refuses what is no regular expression. */
export function compile(name: string, pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'g');
  } catch (error) {
    throw new OptionError(`The metric "${name}" is no regular expression: ${(error as Error).message}`);
  }
}

/** Whole lines, the last ones first. */
function* chunksFromEnd(path: string): Generator<string[]> {
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    let rest: Buffer = Buffer.alloc(0);
    for (let end = size; end > Math.max(0, size - SCAN_BYTES_MAX); ) {
      const from = Math.max(0, end - CHUNK_BYTES);
      const bytes = Buffer.concat([readBytes(descriptor, from, end - from), rest.subarray(0, CHUNK_BYTES)]);
      const firstEnd = from === 0 ? -1 : bytes.findIndex((byte) => byte === 10 || byte === 13); // also a progress bar's \r
      rest = from === 0 ? rest : bytes.subarray(0, firstEnd < 0 ? bytes.length : firstEnd + 1);
      if (from === 0 || firstEnd >= 0) yield splitLines(bytes.subarray(firstEnd + 1).toString('utf8'));
      end = from;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** `nan` and `inf` are null, as in JSON. */
function valueIn(text: string): Value {
  if (/^[-+]?(nan|inf(inity)?)$/i.test(text)) return null;
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text))
    return Number.isFinite(Number(text)) ? Number(text) + 0 : null;
  return /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : text;
}
