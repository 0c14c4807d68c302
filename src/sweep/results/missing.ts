import type { ErrorRecord, FailureClass } from '../../task/record.js';
import type { Params } from '../../task/value.js';
import type { Task } from '../point.js';
import type { SweepEntry } from './entry.js';

/** Why a task has no row. `notRun`: no attempt of it has ended so far. */
export type MissingReason = 'failed' | 'stopped' | 'cancelled' | 'notRun';

export interface MissingTask {
  readonly task: Task;
  readonly params: Params;
  readonly reason: MissingReason;
  readonly class?: FailureClass;
  /** There is one for every failure; it may lack a stack. */
  readonly error?: ErrorRecord;
  readonly attempts: number;
  /** Of the attempt that is told of here, relative to the output folder. */
  readonly log?: string;
}

/** The tasks of a sweep that did not succeed, in the order of the plan. */
export class Missing implements Iterable<MissingTask> {
  readonly #tasks: readonly MissingTask[];

  constructor(entries: readonly SweepEntry[]) {
    this.#tasks = Object.freeze(entries.filter(({ end }) => end?.status !== 'done').map(missingOf));
  }

  get length(): number {
    return this.#tasks.length;
  }

  [Symbol.iterator](): IterableIterator<MissingTask> {
    return this.#tasks[Symbol.iterator]();
  }

  toArray(): MissingTask[] {
    return [...this.#tasks];
  }

  /**
   * Their parameters, as a sweep takes them to run them again. Those that a rule has stopped are not among them, unless
   * `reasons` asks for them.
   */
  params({ reasons = ['failed', 'cancelled', 'notRun'] }: { reasons?: readonly MissingReason[] } = {}): Params[] {
    return this.#tasks.filter(({ reason }) => reasons.includes(reason)).map(({ params }) => params);
  }

  /** How many there are of each class of failure. */
  classes(): Map<FailureClass, number> {
    const counts = new Map<FailureClass, number>();
    for (const { class: name } of this.#tasks) if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts;
  }
}

function missingOf({ task, end }: SweepEntry): MissingTask {
  const known = { task, params: task.point.params };
  if (!end || end.status === 'done') return { ...known, reason: 'notRun', attempts: 0 };
  const { status, attempt, class: failure, error } = end;
  const log = logOf({ task, end });
  const failed = status === 'failed';
  return {
    ...known,
    reason: status,
    attempts: attempt,
    ...(failed ? { class: failure ?? 'error', error: error ?? errorOf({ task, end }) } : error && { error }),
    ...(log !== undefined && { log }),
  };
}

/** A failure may be told by its class or its commands alone. */
function errorOf({ end }: SweepEntry): ErrorRecord {
  const command = end?.commands?.find(({ status }) => status === 'failed');
  if (!command) return { name: 'TaskError', message: `The task failed (${end?.class ?? 'error'}).` };
  const how = command.signal ? `was ended by ${command.signal}` : `ended with code ${command.exitCode ?? 'unknown'}`;
  return { name: 'TaskError', message: `The command "${command.name}" ${how}.` };
}

function logOf({ task, end }: SweepEntry): string | undefined {
  const commands = end?.commands ?? [];
  const told = commands.find(({ status }) => status === 'failed') ?? commands.findLast(({ log }) => log !== undefined);
  const log = end?.log ?? told?.log;
  return log === undefined || log.startsWith('/') ? log : `${task.folder}/${log}`;
}
