import { format, types } from 'node:util';
import type { Context } from '../host/context.js';
import { CpuTime } from './cpu-time.js';
import { divertOutput } from './divert-output.js';
import { errorRecord } from './error-record.js';
import { labelOf } from './label.js';
import { LogFile } from './log-file.js';
import { MemoryPeak } from './memory-peak.js';
import type { Assignment, Preparation, TaskReport } from './order.js';
import type { FailureClass } from './record.js';
import { resultOf } from './result-of.js';
import type { Folder } from './task-folder.js';
import { type Timing, timer } from './timings/timer.js';
import { Timings } from './timings/timings.js';

/** What a function task is given besides its parameters. */
export interface TaskContext {
  /** The task's folder: whatever it writes belongs there. */
  readonly dir: string;
  /** Aborts when the task is asked to stop: its time is over, a rule stops it early, the sweep ends. */
  readonly signal: AbortSignal;
  /** Tells how far it is: `progress({ step: 3, loss: 0.2 })`. Rules that stop early look at it, the last values are kept. */
  progress(metrics: Readonly<Record<string, unknown>>): void;
  /** What `load` made of this task's values, by variable. */
  readonly loaded: Readonly<Record<string, unknown>>;
  /** What the value of a variable is called: its label, else its text. Of a zip, by the name of the zip. */
  label(variable: string): string | undefined;
  /** The GPUs of this worker, as `CUDA_VISIBLE_DEVICES` names them. */
  readonly gpus: readonly string[];
  /** Writes a line to the task's log. */
  log(...words: unknown[]): void;
  readonly id: string;
  /** 1 for the first. */
  readonly attempt: number;
  /**
   * Measures from here until it is ended: `using _ = timer('read')`, or `const read = timer('read'); …; read.end()`. The
   * results' `stats.timers` have its wall-clock time and the part of it that was waiting.
   */
  timer(name: string): Timing;
  /** Throws when the task was asked to stop. Also in a loop that never awaits. */
  throwIfTerminated(): void;
}

/** A task as a function. What it returns is recorded: a record of numbers, texts and so on, or one value. */
// biome-ignore lint/suspicious/noExplicitAny: the parameters have whatever type the author gives them; the plan's values decide what they are
export type FunctionTask = (params: any, about: TaskContext) => unknown;

interface Surroundings {
  readonly preparation: Preparation;
  readonly folder: Folder;
  readonly call: Context;
  readonly loaded: Readonly<Record<string, unknown>>;
}

/** Runs a task's function. One that answers at once is not made to wait: so it can be cut off in its loop. */
export function performFunction(
  fn: FunctionTask,
  task: Assignment,
  surroundings: Surroundings,
): TaskReport | Promise<TaskReport> {
  const { call } = surroundings;
  const record = new Recording(surroundings);
  const returned = (value: unknown): TaskReport =>
    record.end({ result: resultOf(value), ...(wasAskedToStop(call) && { wasAsked: true }) });
  const failed = (error: unknown): TaskReport => {
    const report = record.end({ error: errorRecord(error), class: classOf(error) });
    if (call.signal.aborted) throw error; // it was asked to stop: the caller knows what that means
    return report;
  };
  try {
    const answer = fn(task.params, record.contextOf(task));
    if (types.isGeneratorObject(answer)) return drive(answer, call).then(returned).catch(failed);
    if (isThenable(answer)) return Promise.resolve(answer).then(returned).catch(failed);
    return returned(answer);
  } catch (error) {
    return failed(error);
  }
}

/** Each `yield` is progress, and a place where it can be stopped with its `finally` blocks run. */
async function drive(steps: Iterator<unknown> | AsyncIterator<unknown>, call: Context): Promise<unknown> {
  for (;;) {
    const { done, value } = await steps.next();
    if (done) return value;
    call.progress(resultOf(value));
    if (call.signal.aborted) await steps.throw?.(call.signal.reason);
  }
}

/** What is kept of a task while it runs: its log, the most memory it held, and its processor time. */
class Recording {
  readonly #surroundings: Surroundings;
  readonly #log: LogFile;
  readonly #restore: (() => void) | undefined;
  readonly #peak: MemoryPeak | undefined;
  readonly #cpu: CpuTime | undefined;
  #timings: Timings | undefined;

  constructor(surroundings: Surroundings) {
    const { preparation, folder, call } = surroundings;
    const { work, output } = preparation;
    this.#surroundings = surroundings;
    this.#log = new LogFile(folder.path, work.type === 'function' ? work.name : 'task');
    if (call.kind === 'inline') return; // console and memory are the caller's own
    if (output !== 'console') this.#restore = divertOutput(this.#log, { echo: output === 'both' });
    if (call.kind === 'thread') return; // the process is that of others, too
    this.#peak = new MemoryPeak();
    this.#cpu = new CpuTime();
  }

  contextOf(task: Assignment): TaskContext {
    const { id, attempt } = task;
    const { preparation, folder, call, loaded } = this.#surroundings;
    const log = this.#log;
    return {
      dir: folder.path,
      get signal() {
        return call.signal;
      },
      progress: (metrics) => call.progress(resultOf(metrics)),
      loaded,
      label: (variable) => labelOf(variable, task),
      gpus: preparation.gpus,
      log: (...words) => log.write(Buffer.from(`${format(...words)}\n`)),
      id,
      attempt,
      timer: (name) => {
        this.#timings ??= new Timings();
        return timer(name, this.#timings);
      },
      throwIfTerminated: () => call.throwIfTerminated(),
    };
  }

  end(report: TaskReport): TaskReport {
    this.#restore?.();
    this.#log.close();
    const { name } = this.#log;
    const peakMemoryMb = this.#peak?.read();
    const cpuMs = this.#cpu?.read();
    return {
      ...report,
      ...(name !== undefined && { log: name }),
      ...(peakMemoryMb !== undefined && { peakMemoryMb }),
      ...(cpuMs !== undefined && { cpuMs }),
      ...(this.#timings && { timers: this.#timings.toJSON() }),
    };
  }
}

/** Without making a signal: most tasks have none. */
function wasAskedToStop(call: Context): boolean {
  try {
    call.throwIfTerminated();
    return false;
  } catch {
    return true;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

function classOf(error: unknown): FailureClass {
  return /CUDA out of memory|CUDA error: out of memory|HIP out of memory/i.test(String(error)) ? 'cuda-oom' : 'error';
}
