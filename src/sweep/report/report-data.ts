import type { FailureClass, TaskStatus } from '../../task/record.js';
import type { Value } from '../../task/value.js';
import type { ColumnKind } from '../results/table-data.js';

/** All that a report shows. Both sides know it: what writes the file, and the page in it. It is JSON in between. */
export interface ReportData {
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
  readonly counts: ReportCounts;
  /** What is looked for, where that is known. */
  readonly objective?: { readonly metric: string; readonly goal: 'min' | 'max' };
  readonly columns: readonly ReportColumn[];
  /** Columns that there was no room for. */
  readonly columnsLeftOut: number;
  readonly tasks: ReportTasks;
  readonly workers: readonly ReportWorker[];
  readonly failures: readonly FailureGroup[];
  /** Groups of failures beyond those, and how many tasks are in them. */
  readonly failuresLeftOut: { readonly groups: number; readonly tasks: number };
  /** The oldest first. */
  readonly starts: readonly RunStart[];
}

export interface ReportCounts extends Readonly<Record<TaskStatus, number>> {
  readonly total: number;
  readonly notRun: number;
  /** Attempts beyond the first. */
  readonly retried: number;
  /** Milliseconds of all tasks together, without their loads. */
  readonly taskMs: number;
  readonly loadMs: number;
}

export interface ReportColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** One for each task of the report; `null` where there is none. */
  readonly values: readonly Value[];
}

/** The tasks that have ended, or a part of them, as lists of the same length. */
export interface ReportTasks {
  readonly folder: readonly string[];
  readonly status: readonly TaskStatus[];
  readonly attempt: readonly number[];
  /** Position in `workers`. */
  readonly worker: readonly number[];
  readonly startedAt: readonly number[];
  readonly endedAt: readonly number[];
  /** Milliseconds that loads took before the start, by variable. */
  readonly loads: readonly (Readonly<Record<string, number>> | null)[];
  readonly error: readonly (string | null)[];
}

export interface ReportWorker {
  readonly name: string;
  readonly host: string;
  readonly gpus: readonly string[];
}

/** Failures that end in the same words. */
export interface FailureGroup {
  readonly line: string;
  readonly class: FailureClass;
  readonly count: number;
  readonly examples: readonly FailureExample[];
}

export interface FailureExample {
  readonly folder: string;
  readonly params: Readonly<Record<string, Value>>;
  readonly worker: string;
  readonly attempt: number;
  readonly error: string;
  /** Relative to the output folder. */
  readonly log?: string;
  /** The last lines of the log, where it could be read. */
  readonly logEnd?: readonly string[];
}

/** How a driver of the sweep was started. */
export interface RunStart {
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly configuration?: { readonly name: string; readonly text: string };
}
