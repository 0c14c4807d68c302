import type { CommandNews, TaskReport, Work } from '../../task/order.js';
import type { CommandRecord } from '../../task/record.js';
import type { Params } from '../../task/value.js';
import type { Part } from '../ledger/journal-line.js';
import type { Past } from './past.js';

/** The commands of a task: those that attempts before have done, and those that are done in this one. */
export class CommandsSoFar {
  readonly #before: Part | undefined;
  /** Those that this attempt is to run; all where it does not say. */
  readonly left: readonly string[] | undefined;
  readonly #told: CommandRecord[] = [];
  #metrics: Params | undefined;

  constructor(id: string, past: Past) {
    this.#before = past.halfDone(id);
    this.left = past.left(id);
  }

  /** One has been done, and others follow. */
  take([, command, metrics]: CommandNews): void {
    this.#told.push(command);
    this.#metrics = { ...this.#metrics, ...metrics };
  }

  /** What was done before and is not done again belongs to the task all the same. Without a report, what was told counts. */
  with(report: TaskReport): Pick<TaskReport, 'commands' | 'result'> {
    if (!this.#before && this.#told.length === 0) return report;
    const { commands = this.#told, result = this.#metrics } = report;
    const names = new Set([...commands.map(({ name }) => name), ...(this.left ?? [])]);
    const earlier = this.#before?.commands?.filter(({ name, status }) => status === 'done' && !names.has(name)) ?? [];
    const all = { ...this.#before?.result, ...result };
    return {
      ...(earlier.length + commands.length > 0 && { commands: [...earlier, ...commands] }),
      ...((result || Object.keys(all).length > 0) && { result: all }),
    };
  }
}

/** Only who runs commands tells an array: what commands tell themselves is a record. */
export function isNews(told: unknown, work: Work['type']): told is CommandNews {
  return work === 'commands' && Array.isArray(told);
}
