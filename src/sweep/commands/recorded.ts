import { readdirSync, statSync } from 'node:fs';
import { isRecord } from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';
import type { Params } from '../../task/value.js';
import { Layout } from '../ledger/layout.js';
import { Ledger } from '../ledger/ledger.js';
import { codeOf, inStorage } from '../ledger/ledger-error.js';
import type { Peeked } from '../ledger/peek.js';
import { recordOf } from '../ledger/whole-file.js';
import type { Point, Task } from '../point.js';
import type { SweepEntry } from '../results/entry.js';

/** The record of a sweep as it lies in its output folder, without its specification. Nothing there is changed. */
export class Recorded {
  /** Absolute. */
  readonly output: string;
  readonly peeked: Peeked;
  readonly #layout: Layout;

  /** Throws where there is none, and says what is there instead. */
  constructor(output: string) {
    this.#layout = new Layout(output);
    this.output = this.#layout.output;
    this.peeked = Ledger.peek(output);
    if (!this.peeked.isThere) throw new OptionError(whyNone(this.output));
  }

  get records(): Peeked['records'] {
    return this.peeked.records;
  }

  /** The tasks that are known, in the order in which they were begun first. */
  *entries(): Iterable<SweepEntry> {
    let index = 0;
    for (const id of this.records.ids()) {
      const task = this.task(id, index);
      if (!task) continue;
      const end = this.records.lastEnd(id);
      index += 1;
      yield { task, ...(end && { end }) };
    }
  }

  /** A task by its whole id; `undefined` where the record does not tell its folder. */
  task(id: string, index = 0): Task | undefined {
    const folder = this.records.lastStart(id)?.folder;
    return folder === undefined ? undefined : { index, folder, point: this.#pointOf(id, folder) };
  }

  #pointOf(id: string, folder: string): Point {
    const record = this.#paramsIn(folder);
    const params = (isRecord(record?.params) ? record.params : {}) as Params; // JSON, as a ledger has written it
    const texts = (isRecord(record?.texts) ? record.texts : {}) as Point['texts'];
    const title = typeof record?.title === 'string' ? record.title : '';
    const choices = Object.entries(params).map(([name, value]) => {
      const text = texts[name] ?? (typeof value === 'string' ? value : JSON.stringify(value));
      return { name, value, text, label: text };
    });
    return { id, title, params, choices, texts };
  }

  /** Of a folder that is gone, or has something else in it, nothing is known. */
  #paramsIn(folder: string): Record<string, unknown> | undefined {
    try {
      return recordOf(`${this.#layout.task(folder)}/params.json`);
    } catch {
      return undefined;
    }
  }
}

function whyNone(output: string): string {
  const names = inStorage('read the output folder', output, () => namesIn(output));
  const remedy = 'Name the output folder of a sweep, or run one first: pyw-sweep run.';
  if (names === undefined) return `There is no folder ${output}. ${remedy}`;
  if (names === 'file') return `${output} is a file, not the output folder of a sweep. ${remedy}`;
  if (names.length === 0) return `${output} is empty: no sweep was run there. ${remedy}`;
  return `${output} has no record of a sweep (no .pyw/journal). ${remedy}`;
}

function namesIn(folder: string): readonly string[] | 'file' | undefined {
  if (statSync(folder, { throwIfNoEntry: false })?.isFile()) return 'file';
  try {
    return readdirSync(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
