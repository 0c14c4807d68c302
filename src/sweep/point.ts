import type { Params, Value } from '../task/value.js';

/** What one variable was given. */
export interface Choice {
  readonly name: string;
  readonly value: Value;
  /** As it was written: `1e-4` where the value is `0.0001`. What `{name}` in a command becomes. */
  readonly text: string;
  /** For folders, and for tasks that ask. */
  readonly label: string;
}

/** One choice of all variables of a space. */
export interface Point {
  /** Of the parameters in effect, never of the position: 24 hex digits. */
  readonly id: string;
  /** Title of the space it comes from; '' for the only one. */
  readonly title: string;
  /** All that are in effect: chosen, set by an alias, by default, computed. */
  readonly params: Params;
  /** Those that were chosen, the slowest first; a conditional variable that is not in effect is not among them. */
  readonly choices: readonly Choice[];
  /** The source text of every parameter that has one of its own. */
  readonly texts: Readonly<Record<string, string>>;
  /** What chosen values are called, by variable, where they were given labels; of a zip, what its step is called. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A point to be run. */
export interface Task {
  /** Position in the plan. */
  readonly index: number;
  readonly point: Point;
  /** Its folder, relative to the output folder; no two tasks share one. */
  readonly folder: string;
  /** Which commands are run for it, where its space says so. */
  readonly only?: readonly string[];
}
