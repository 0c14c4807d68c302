import type { FailureClass, TaskEnd } from '../../task/record.js';
import type { Task } from '../point.js';
import { cleanText } from './clean-text.js';

/** Failures that say the same, numbers aside. */
export interface FailureGroup {
  readonly class: FailureClass;
  /** The last line of their errors. Where these differ, `#` stands for the numbers. */
  readonly line: string;
  /** The folders of their tasks, in the order in which they failed. */
  readonly folders: readonly string[];
}

interface Group {
  readonly class: FailureClass;
  readonly pattern: string;
  line: string | undefined;
  readonly folders: Map<string, string>;
}

const LINE_MAX = 500;

/** The failures of a sweep, by what the last lines of their errors say. */
export class FailureGroups {
  readonly #groups = new Map<string, Group>();
  readonly #keys = new Map<string, string>();

  add(task: Task, end: TaskEnd): void {
    const { id } = task.point;
    this.remove(task);
    const line = lastErrorLine(end);
    const failure = end.class ?? 'error';
    const pattern = line.replace(/0x[\da-f]+|\d+(\.\d+)?(e[+-]?\d+)?/gi, '#');
    const key = `${failure} ${pattern}`;
    const group = this.#groups.get(key) ?? { class: failure, pattern, line, folders: new Map() };
    if (group.line !== line) group.line = undefined;
    group.folders.set(id, task.folder);
    this.#groups.set(key, group);
    this.#keys.set(id, key);
  }

  /** It is done once more. */
  remove({ point: { id } }: Task): void {
    const key = this.#keys.get(id);
    const group = key === undefined ? undefined : this.#groups.get(key);
    if (key === undefined || !group) return;
    this.#keys.delete(id);
    group.folders.delete(id);
    if (group.folders.size === 0) this.#groups.delete(key);
  }

  /** How many tasks have failed. */
  get count(): number {
    return this.#keys.size;
  }

  /** Those with the most failures first. Of each no more than so many folders are told. */
  list({ foldersMax }: { readonly foldersMax: number }): (FailureGroup & { readonly count: number })[] {
    return [...this.#groups.values()]
      .sort((one, other) => other.folders.size - one.folders.size)
      .map(({ class: failure, line, pattern, folders }) => ({
        class: failure,
        line: line ?? pattern,
        count: folders.size,
        folders: [...folders.values()].slice(0, foldersMax),
      }));
  }
}

/** What an error comes to. Programs put that last: it is the end of a traceback, and of a log. */
export function lastErrorLine({ error, class: failure = 'error' }: Pick<TaskEnd, 'error' | 'class'>): string {
  const lines = (error?.message ?? '')
    .split(/[\r\n]+/)
    .map(cleanText)
    .filter((line) => line !== '');
  const last = (lines.at(-1) ?? '').slice(0, LINE_MAX);
  if (!error || last === '') return error?.name ?? `it failed (${failure})`;
  const isTold = lines.length > 1 || error.name === 'Error' || error.name === 'CommandError';
  return isTold ? last : `${error.name}: ${last}`;
}
