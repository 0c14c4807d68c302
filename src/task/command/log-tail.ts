import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const TAIL_BYTES = 64 * 1024;

/** The last lines of a log; at most its last 64 KB are read, however large it is. */
export function lastLines(path: string, count: number): string[] {
  const { text, isWhole } = tailOf(path, TAIL_BYTES);
  const lines = splitLines(text.replace(/\s+$/, ''));
  if (!isWhole && lines.length > 1) lines.shift(); // its beginning was cut off
  return text.trim() === '' ? [] : lines.slice(-count);
}

/** The last bytes of a file as text. `isWhole`: there is nothing before them. */
export function tailOf(path: string, bytesMax: number): { readonly text: string; readonly isWhole: boolean } {
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const from = Math.max(0, size - bytesMax);
    return { text: readBytes(descriptor, from, size - from).toString('utf8'), isWhole: from === 0 };
  } finally {
    closeSync(descriptor);
  }
}

export function readBytes(descriptor: number, from: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  for (let read = -1; read !== 0 && filled < length; filled += read) {
    read = readSync(descriptor, bytes, filled, length - filled, from + filled);
  }
  return bytes.subarray(0, filled);
}

/** A progress bar's carriage return ends a line as well. */
export function splitLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/);
}
