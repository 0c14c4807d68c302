import { readdirSync, statSync } from 'node:fs';
import { isRecord } from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';
import type { Params } from '../../task/value.js';
import { Layout } from '../ledger/layout.js';
import { Ledger } from '../ledger/ledger.js';
import { codeOf, inStorage } from '../ledger/ledger-error.js';
import type { Peeked } from '../ledger/peek.js';
import type { Begun } from '../ledger/records.js';
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

  /** The tasks that are known, in the order of the plan as it was when they were begun. */
  *entries(): Iterable<SweepEntry> {
    const starts = [...this.records.ids()].flatMap((id) => this.records.lastStart(id) ?? []);
    starts.sort((one, other) => (one.index ?? 0) - (other.index ?? 0));
    for (const start of starts) {
      const end = this.records.lastEnd(start.id);
      yield { task: this.#taskOf(start), ...(end && { end }) };
    }
  }

  /** A task by its whole id; `undefined` where the record does not tell its folder. */
  task(id: string): Task | undefined {
    const start = this.records.lastStart(id);
    return start && this.#taskOf(start);
  }

  #taskOf({ id, folder, index = 0 }: Begun): Task {
    return { index, folder, point: this.#pointOf(id, folder) };
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
