import type { Params, Value } from '../../task/value.js';
import type { Sourced } from './sourced.js';

/** A value, with the text it was written as where that matters. */
export type Written = Value | Sourced;
export type WrittenParams = Readonly<Record<string, Written>>;

/** What a worker makes of a value once and keeps while it can; nothing but kept here. */
export interface Keeping {
  readonly load?: unknown;
  readonly dispose?: unknown;
}

/** Names for folders and tables: one a value, in order, or by the value's text. */
export type Labels = readonly string[] | Readonly<Record<string, string>>;

/** Whether something is so for the parameters known there. A text is an expression. */
export type Condition = string | ((params: Params) => boolean);

/** What every form of variable may have. */
export interface VariableOptions extends Keeping {
  readonly labels?: Labels;
  /** Where it is false the variable is not in effect. It sees the variables before its own, what they set, and defaults. */
  readonly when?: Condition;
}

export interface ListSpec extends VariableOptions {
  readonly values: Written | readonly Written[];
}

/** Both ends are among the values. `step` is added; on a logarithmic scale it multiplies. */
export interface RangeSpec extends VariableOptions {
  readonly from: number;
  readonly to: number;
  readonly step?: number;
  readonly count?: number;
  readonly scale?: 'linear' | 'log';
}

/** Parameters that move together, as one variable. */
export interface ZipSpec extends VariableOptions {
  readonly zip: Readonly<Record<string, Written | readonly Written[] | ZipMemberSpec>>;
}

export interface ZipMemberSpec extends Keeping {
  readonly values: Written | readonly Written[];
}

/** A scalar is one value. */
export type VariableSpec =
  | string
  | number
  | boolean
  | null
  | Sourced
  | readonly Written[]
  | ListSpec
  | RangeSpec
  | ZipSpec;

/** Keeps the points for which it is true. */
export type Constraint = Condition | { readonly name: string; readonly rule: Condition };

/** So many of all points, without replacement, in the order of the plan. The seed is 0 if none is given. */
export interface SampleSpec {
  readonly count: number;
  readonly seed?: number;
}

/** Adds the variable that varies fastest: whole numbers `from` (0), so many, named `seed`. */
export interface RepeatsSpec {
  readonly count: number;
  readonly name?: string;
  readonly from?: number;
}

/** A space of parameters. */
export interface SpaceSpec {
  readonly title?: string;
  /** In order: the first is the slowest to change, the last varies fastest. */
  readonly variables?: Readonly<Record<string, VariableSpec>>;
  /** An explicit list, instead of variables. */
  readonly points?: readonly WrittenParams[];
  /** What follows from the others, in order; no part of a point's id. */
  readonly computed?: Readonly<Record<string, string | ((params: Params) => Value)>>;
  /** For parameters that are neither chosen nor set by an alias. */
  readonly defaults?: WrittenParams;
  /** By parameter, then by the label or text of its value: what else that value sets. */
  readonly aliases?: Readonly<Record<string, Readonly<Record<string, WrittenParams>>>>;
  readonly constraints?: readonly Constraint[];
  /** Cuts the points that have all of these values. */
  readonly exclude?: readonly WrittenParams[];
  /** Further points; no rule cuts them. */
  readonly include?: readonly WrittenParams[];
  readonly repeats?: number | RepeatsSpec;
  readonly sample?: SampleSpec;
  /** Which of the commands are run for its points. A point of several spaces gets the commands of all of them. */
  readonly only?: string | readonly string[];
}

/** Several spaces, one after the other; what occurs twice is done once. */
export interface UnionSpec {
  readonly spaces: readonly SpaceSpec[];
}
