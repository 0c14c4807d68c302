import { StringDecoder } from 'node:string_decoder';
import type { Params } from '../value.js';
import { parseRecord } from './json-record.js';
import { splitLines } from './log-tail.js';
import { lastSaid } from './metrics.js';

const LINE_MAX = 64 * 1024;

/** Finds the `::progress {…}` lines in output that comes in pieces. One that cannot be read is passed over. */
export class ProgressLines {
  readonly #onProgress: (record: Params) => void;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  constructor(onProgress: (record: Params) => void) {
    this.#onProgress = onProgress;
  }

  take(bytes: Buffer): void {
    const lines = splitLines(this.#rest + this.#decoder.write(bytes));
    const rest = lines.pop() ?? '';
    this.#rest = rest.length > LINE_MAX ? '' : rest;
    for (const line of lines) this.#read(line);
  }

  /** A last line may have no end. */
  end(): void {
    this.#read(this.#rest);
    this.#rest = '';
  }

  #read(line: string): void {
    const said = lastSaid(line, 'progress');
    const record = said === undefined ? undefined : parsed(said);
    if (record) this.#onProgress(record);
  }
}

function parsed(text: string): Params | undefined {
  try {
    return parseRecord(text);
  } catch {
    return undefined; // a progress line is a courtesy: a bad one must not fail the task
  }
}
