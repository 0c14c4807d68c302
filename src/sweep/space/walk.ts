import { OptionError } from '../../base/errors.js';
import type { Grid } from './grid.js';
import type { Scratch, Step } from './stages.js';

/** Goes on as long as it returns true. `times`: how often the point was given. */
export type Visit = (position: number, times: number) => boolean;

const stepsMax = 200_000_000;

/** Goes through a grid in its order, or looks at single positions. */
export class Walk {
  readonly #grid: Grid;
  readonly #cuts: number[];
  readonly #known: Scratch;
  readonly #digits: Int32Array;
  #visit: Visit = () => false;
  #steps = 0;

  /** `cuts`: where it counts how many points each rule has cut. */
  constructor(grid: Grid, cuts: number[]) {
    this.#grid = grid;
    this.#cuts = cuts;
    this.#known = grid.scratch();
    this.#digits = new Int32Array(grid.dimensions.length);
  }

  /** Visits every point; false if it was stopped. */
  all(visit: Visit): boolean {
    this.#visit = visit;
    return this.#descend(0, 0, 1);
  }

  /** Whether there is a point at a position. */
  admits(position: number): boolean {
    const { dimensions } = this.#grid;
    this.#grid.read(position, this.#digits);
    for (let i = 0; i <= dimensions.length; i++) {
      if (this.#cutBy(i) !== undefined) return false;
      const dimension = dimensions[i];
      if (!dimension) break;
      const digit = this.#digits[i] as number;
      if (this.#isInEffect(i) !== digit < dimension.size) return false;
      this.#set(i, digit);
    }
    return true;
  }

  #descend(depth: number, above: number, times: number): boolean {
    if (++this.#steps > stepsMax) this.#giveUp();
    const cut = this.#cutBy(depth);
    if (cut !== undefined) {
      this.#cuts[cut] = (this.#cuts[cut] ?? 0) + this.#pointsBelow(depth);
      return true;
    }
    const dimension = this.#grid.dimensions[depth];
    if (!dimension) return this.#visit(above, times);
    const prefix = above * this.#grid.radix(depth);
    const { size, counts } = dimension;
    if (!this.#isInEffect(depth)) {
      this.#set(depth, size);
      return this.#descend(depth + 1, prefix + size, times);
    }
    for (let digit = 0; digit < size; digit++) {
      this.#set(depth, digit);
      if (!this.#descend(depth + 1, prefix + digit, counts ? times * (counts[digit] as number) : times)) return false;
    }
    return true;
  }

  #pointsBelow(depth: number): number {
    const { dimensions, conditions } = this.#grid;
    if (!conditions.some((condition, i) => condition && i >= depth)) {
      return dimensions.slice(depth).reduce((product, { size }) => product * size, 1);
    }
    if (++this.#steps > stepsMax) this.#giveUp();
    const { size } = dimensions[depth] as Grid['dimensions'][number];
    const isInEffect = this.#isInEffect(depth);
    let points = 0;
    for (let digit = isInEffect ? 0 : size; digit < (isInEffect ? size : size + 1); digit++) {
      this.#set(depth, digit);
      points += this.#pointsBelow(depth + 1);
    }
    return points;
  }

  #isInEffect(dimension: number): boolean {
    return this.#grid.conditions[dimension]?.keeps(this.#known) ?? true;
  }

  #set(dimension: number, digit: number): void {
    for (const slot of this.#grid.slotsOfDimension[dimension] ?? [])
      this.#known[slot.name] = slot.settings[digit]?.value;
  }

  /** The rule that cuts all that lies below, of those that can be tried after so many dimensions. */
  #cutBy(depth: number): number | undefined {
    return firstCut(this.#grid.stages[depth] ?? [], this.#known);
  }

  #giveUp(): never {
    throw new OptionError(
      `The space was searched for points ${stepsMax} times and has more. Use fewer values, a limit or a sample, or let constraints speak of the upper variables only.`,
    );
  }
}

/** Works through steps: the index of the rule that cuts, if one does. */
export function firstCut(steps: readonly Step[], known: Scratch): number | undefined {
  for (const step of steps) {
    if (step.type === 'compute') known[step.computed.name] = step.computed.value(known);
    else if (!step.rule.keeps(known)) return step.index;
  }
  return undefined;
}
