import type { Params, Value } from './value.js';

/** Why a task has failed, so that each class can have a rule of its own. */
export type FailureClass = 'error' | 'exit' | 'timeout' | 'oom' | 'cuda-oom' | 'lost' | 'load' | 'verify';

/** How an attempt ended. `stopped`: early, on purpose, by a rule; `cancelled`: the sweep was stopped. */
export type TaskStatus = 'done' | 'failed' | 'stopped' | 'cancelled';

/** An error as it is recorded. */
export interface ErrorRecord {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

/** One command of a task. */
export interface CommandRecord {
  readonly name: string;
  /** As it was run. */
  readonly line: string;
  readonly status: 'done' | 'failed' | 'skipped';
  readonly exitCode?: number;
  readonly signal?: string;
  readonly ms?: number;
  /** Its log's file name in the task's folder. */
  readonly log?: string;
}

/** How one attempt of a task ended: what the journal's end line holds. */
export interface TaskEnd {
  readonly id: string;
  readonly attempt: number;
  readonly status: TaskStatus;
  readonly class?: FailureClass;
  readonly error?: ErrorRecord;
  /** What the function returned, or the metrics of the commands. */
  readonly result?: Params;
  /** The last value reported for each key, where progress was reported. */
  readonly metrics?: Params;
  readonly commands?: readonly CommandRecord[];
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly worker: string;
  readonly host: string;
  readonly gpus: readonly string[];
  readonly peakMemoryMb?: number;
  /** Processor time, in milliseconds: of the worker's process, or of the commands and what they have awaited. */
  readonly cpuMs?: number;
  /** Milliseconds that its loads took, by variable; not part of the task's own time. */
  readonly loadMs?: Readonly<Record<string, number>>;
  /** Milliseconds it waited for a worker, a GPU or memory, as far as that was known. */
  readonly waitedMs?: number;
  readonly log?: string;
  /** Of a failure: the run in which it ended does not try it again. */
  readonly forGood?: true;
  readonly note?: Value;
}
