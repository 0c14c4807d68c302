import { readFileSync, statSync } from 'node:fs';
import type { Params } from '../value.js';
import { parseRecord } from './json-record.js';
import { splitLines, tailOf } from './log-tail.js';
import { scrapeLog } from './scrape-log.js';

const FILE_BYTES_MAX = 16 * 2 ** 20;
const TAIL_BYTES = 2 ** 20;

/** Where metrics are looked for, after `$PYW_RESULT` and `::result`. */
export interface MetricSources {
  /** Name to regular expression, for the log's lines: its first group, or all it matches; the last match counts. */
  readonly metrics?: Readonly<Record<string, string>>;
  /** Lines of the log that are JSON objects: the last value of each name, of the last megabyte. */
  readonly jsonLines?: boolean;
}

/**
 * The metrics of one command, from the first of these that there is: the JSON file it wrote to `$PYW_RESULT`, the last
 * `::result {…}` line in the last megabyte of its log, regular expressions and JSON lines. Throws an error that says
 * what is wrong with a result that cannot be read.
 */
export function captureMetrics(
  from: { readonly resultFile: string; readonly log: string },
  sources: MetricSources = {},
): Params | undefined {
  const fromFile = readResultFile(from.resultFile);
  if (fromFile) return fromFile;
  const { text } = tailOf(from.log, TAIL_BYTES);
  const said = lastSaid(text, 'result');
  if (said !== undefined) return named('Its last ::result line', () => parseRecord(said));
  const found = { ...(sources.jsonLines && ofJsonLines(text)), ...scrapeLog(from.log, sources.metrics ?? {}) };
  return Object.keys(found).length > 0 ? found : undefined;
}

/** What follows the last `::result` or `::progress` of some lines. A progress bar may stand before it. */
export function lastSaid(text: string, word: 'result' | 'progress'): string | undefined {
  const at = text.lastIndexOf(`::${word} `);
  return at < 0 ? undefined : splitLines(text.slice(at + word.length + 3))[0]?.trim();
}

function readResultFile(path: string): Params | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats || stats.size === 0) return undefined; // opened and not written: as good as none
  return named('The file it wrote to $PYW_RESULT', () => {
    if (!stats.isFile()) throw new Error('is no file');
    if (stats.size > FILE_BYTES_MAX) throw new Error(`has ${stats.size} bytes; at most ${FILE_BYTES_MAX} are read`);
    return parseRecord(readFileSync(path, 'utf8'));
  });
}

function ofJsonLines(text: string): Params {
  return Object.assign({}, ...splitLines(text).flatMap((line) => asRecord(line.trim()) ?? []));
}

function asRecord(line: string): Params | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return parseRecord(line);
  } catch {
    return undefined; // a line that only looks like JSON is output like any other
  }
}

function named<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`${what} ${(error as Error).message}`, { cause: error });
  }
}
