import { OptionError } from '../../base/errors.js';
import type { Computed } from './computed.js';
import type { Dimension } from './dimension.js';
import { idOfLines } from './point-id.js';
import type { Resolution } from './resolution.js';
import { conditionOf, type Rule } from './rule.js';
import type { Setting } from './setting.js';
import { type Slot, slotsOf } from './slots.js';
import { type Scratch, type Step, stagesOf } from './stages.js';

/** What holds for all points of a grid. */
export interface GridParts {
  readonly dimensions: readonly Dimension[];
  readonly resolution: Resolution;
  readonly rules: readonly Rule[];
  readonly computed: readonly Computed[];
}

/**
 * The product of dimensions. A point is a position: a number whose digits are the places in the dimensions, the last
 * varying fastest. A dimension with a condition has one place more: not in effect.
 */
export class Grid {
  readonly dimensions: readonly Dimension[];
  readonly slots: readonly Slot[];
  /** How many positions there are; not all of them are points. */
  readonly size: number;
  /** What to do after so many dimensions. */
  readonly stages: readonly (readonly Step[])[];
  /** Where each dimension is in effect, if not everywhere. */
  readonly conditions: readonly (Rule | undefined)[];
  /** The parameters that each dimension decides. */
  readonly slotsOfDimension: readonly (readonly Slot[])[];
  /** Every position is a point, and no two are the same. */
  readonly isPlain: boolean;
  readonly #radices: readonly number[];

  constructor({ dimensions, resolution, rules, computed }: GridParts) {
    this.dimensions = dimensions;
    this.slots = slotsOf(dimensions, resolution);
    this.#radices = dimensions.map(({ size, when }) => (when === undefined ? size : size + 1));
    this.size = sizeOf(this.#radices);
    this.stages = stagesOf({ slots: this.slots, dimensions: dimensions.length }, { computed, rules });
    this.conditions = dimensions.map((dimension, i) => this.#conditionOf(dimension, i));
    this.slotsOfDimension = dimensions.map((_, i) => this.slots.filter((slot) => slot.dimension === i));
    this.isPlain =
      rules.length === 0 && dimensions.every(({ when, counts }) => when === undefined && counts === undefined);
  }

  /** The parameters that are the same everywhere. */
  scratch(): Scratch {
    const known: Scratch = {};
    for (const { name, dimension, settings } of this.slots)
      known[name] = dimension < 0 ? settings[0]?.value : undefined;
    return known;
  }

  radix(dimension: number): number {
    return this.#radices[dimension] ?? 1;
  }

  /** Writes the place in each dimension into `digits`. */
  read(position: number, digits: Int32Array): void {
    let rest = position;
    for (let i = this.#radices.length - 1; i >= 0; i--) {
      const radix = this.#radices[i] as number;
      const above = Math.floor(rest / radix);
      digits[i] = rest - above * radix;
      rest = above;
    }
  }

  digits(position: number): Int32Array {
    const digits = new Int32Array(this.dimensions.length);
    this.read(position, digits);
    return digits;
  }

  idOf(digits: Int32Array): string {
    let lines = '';
    for (const slot of this.slots) lines += slot.lines[slot.dimension < 0 ? 0 : (digits[slot.dimension] as number)];
    return idOfLines(lines);
  }

  /** What was chosen, the slowest first. */
  chosen(position: number): readonly Setting[] {
    const digits = this.digits(position);
    return this.dimensions.flatMap(({ members, size }, i) => {
      const digit = digits[i] as number;
      return digit === size ? [] : members.map((member) => member.settings[digit] as Setting);
    });
  }

  #conditionOf({ name, when }: Dimension, index: number): Rule | undefined {
    if (when === undefined) return undefined;
    const rule = conditionOf(
      `The condition of the variable "${name}"`,
      when,
      new Set(this.slots.map((slot) => slot.name)),
    );
    const later = this.slots.find((slot) => slot.dimension >= index && rule.uses?.has(slot.name));
    if (!later) return { ...rule, keeps: (known) => rule.keeps(this.#before(index, known)) };
    throw new OptionError(
      `${rule.name} speaks of "${later.name}", which is not chosen yet at that point. Put its variable before "${name}".`,
    );
  }

  /** A function must not see what is left over from another point. */
  #before(dimension: number, known: Readonly<Scratch>): Readonly<Scratch> {
    const seen: Scratch = {};
    for (const slot of this.slots) if (slot.dimension < dimension) seen[slot.name] = known[slot.name];
    return seen;
  }
}

function sizeOf(radices: readonly number[]): number {
  const size = radices.reduce((product, radix) => product * radix, 1);
  if (size <= Number.MAX_SAFE_INTEGER) return size;
  throw new OptionError(
    `The variables have about ${size.toExponential(1)} combinations, more than can be counted (9e15). Use fewer values, or points.`,
  );
}
