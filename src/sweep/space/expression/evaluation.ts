import type { Value } from '../../../task/value.js';

/** Parameters by name; those that are not in effect are `undefined` or not there. */
export type Known = Readonly<Record<string, Value | undefined>>;

/** A parsed expression, or a part of one. */
export type Evaluate = (known: Known) => Value;

export interface ExpressionOptions {
  /** The parameters there are: any other name is refused at once. Without it any name will do. */
  readonly names?: ReadonlySet<string>;
  /**
   * What becomes of a parameter that a point does not have. `refuse` (the default): it is `null`, and an error where a
   * number or a string is needed. `overlook`: what needs it is false, or `null`. For filters over mixed records.
   */
  readonly absent?: 'refuse' | 'overlook';
}
