import type { TargetRef } from '../target/target-ref.js';
import type { CommandRecord, ErrorRecord, FailureClass } from './record.js';
import type { SketchRecord } from './timings/sketch.js';
import type { Params, Value } from './value.js';

/** What a worker of a sweep is asked for, one after the other. `desk` names what this worker keeps between orders. */
export type TaskOrder = { readonly desk: string } & (
  | ({ readonly type: 'prepare' } & Preparation)
  | ({ readonly type: 'load' } & Load)
  | ({ readonly type: 'perform' } & Assignment)
  | { readonly type: 'salvage'; readonly scratch: string }
  | { readonly type: 'finish' }
);

/** What all tasks of one worker have in common. */
export interface Preparation {
  readonly work: Work;
  readonly output: OutputMode;
  readonly gpus: readonly string[];
  /** For commands, where what the worker's own process has is not what they are to have; `null` takes a variable away. */
  readonly surroundings?: { readonly cwd?: string; readonly env?: Readonly<Record<string, string | null>> };
  /** On another machine: how many CPUs it is to keep to, and which of the workers there it is, from 0. */
  readonly cpus?: { readonly each: number; readonly place: number };
  readonly setup?: TargetRef;
  readonly teardown?: TargetRef;
}

/** Where the output of tasks goes. */
export type OutputMode = 'log' | 'console' | 'both';

export type Work =
  | { readonly type: 'function'; readonly ref: TargetRef; readonly name: string }
  | {
      readonly type: 'commands';
      readonly commands: readonly { readonly name: string; readonly template: string }[];
      /** Regular expressions for metrics that the log tells, by their names. */
      readonly metrics?: Readonly<Record<string, string>>;
      /** Lines of the log that are JSON objects tell them. */
      readonly jsonLines?: boolean;
      /** `::progress {…}` lines become progress as they are written. */
      readonly follow: boolean;
      readonly graceMs: number;
    };

/** A value of an upper variable, made once and kept while tasks use it. */
export interface Load {
  readonly variable: string;
  readonly value: Value;
  /** What the value is called. */
  readonly label?: string;
  readonly load: TargetRef;
  readonly dispose?: TargetRef;
}

/** One attempt of one task. */
export interface Assignment {
  readonly id: string;
  readonly name: string;
  readonly attempt: number;
  readonly params: Params;
  readonly texts: Readonly<Record<string, string>>;
  /** What values are called that were given labels, by variable. */
  readonly labels?: Readonly<Record<string, string>>;
  /** On this host; or the name of a scratch folder, whose files travel back with the report. */
  readonly folder: string | { readonly scratch: string };
  /** What `params.json` in that folder is to say. */
  readonly record?: string;
  /** The variables in effect that have a loaded value; the worker may hold others from tasks before. */
  readonly loaded?: readonly string[];
  /** Names of the commands to run; the others are left out. All without it. */
  readonly only?: readonly string[];
}

/**
 * What is told as progress when a command is done and others follow: so much need not be done again, whatever happens to the
 * worker. What tasks tell is a record, never an array.
 */
export type CommandNews = readonly ['command', CommandRecord, Params];

/** What came of it. */
export interface TaskReport {
  readonly result?: Params;
  readonly error?: ErrorRecord;
  readonly class?: FailureClass;
  /** It was asked to stop before it returned. */
  readonly wasAsked?: true;
  readonly commands?: readonly CommandRecord[];
  readonly log?: string;
  readonly peakMemoryMb?: number;
  readonly cpuMs?: number;
  /** What the task has measured of itself, by name. */
  readonly timers?: Readonly<Record<string, SketchRecord>>;
  /** From a scratch folder. */
  readonly files?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** What did not travel, since it was too much. */
  readonly leftBehind?: readonly string[];
}
