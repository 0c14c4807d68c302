import { closeSync, openSync, readSync } from 'node:fs';
import { type Line, readLine } from './journal-line.js';
import { codeOf } from './ledger-error.js';

export interface Scanned {
  /** Where to go on the next time. */
  readonly end: number;
  /** Lines that are no records. */
  readonly badLines: number;
  /** Whether something stands behind the last line: it is being written, or never will be. */
  readonly isTorn: boolean;
}

/** Reads a journal from a byte on, and gives each record with where its line begins. None there is an empty one. */
export function scanJournal(path: string, from: number, visit: (line: Line, at: number) => void): Scanned {
  const file = openedOrNone(path);
  if (file === undefined) return { end: from, badLines: 0, isTorn: false };
  try {
    return scan(file, from, visit);
  } finally {
    closeSync(file);
  }
}

const newline = 10;
const chunkBytes = 1 << 20;

function openedOrNone(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function scan(file: number, from: number, visit: (line: Line, at: number) => void): Scanned {
  let bytes: Buffer = Buffer.allocUnsafe(from === 0 ? chunkBytes : 1 << 16);
  let offset = from; // in the file, of the first byte in the buffer
  let held = 0;
  let badLines = 0;
  const take = (begin: number, end: number) => {
    const line = begin === end ? 'note' : readLine(bytes, begin, end);
    if (line === undefined) badLines += 1;
    else if (line !== 'note') visit(line, offset + begin);
    return line;
  };
  for (;;) {
    const count = readSync(file, bytes, held, bytes.length - held, offset + held);
    if (count === 0) break;
    held += count;
    let begin = 0;
    for (let end = endOfLine(bytes, begin, held); end >= 0; end = endOfLine(bytes, begin, held)) {
      take(begin, end);
      begin = end + 1;
    }
    if (begin === 0 && held === bytes.length) bytes = Buffer.concat([bytes], bytes.length * 4);
    else bytes.copyWithin(0, begin, held);
    offset += begin;
    held -= begin;
  }
  if (held === 0) return { end: offset, badLines, isTorn: false };
  if (readLine(bytes, 0, held) === undefined) return { end: offset, badLines, isTorn: true };
  take(0, held); // whole, but for its newline
  return { end: offset + held, badLines, isTorn: false };
}

function endOfLine(bytes: Buffer, from: number, to: number): number {
  const at = bytes.indexOf(newline, from);
  return at < to ? at : -1;
}
