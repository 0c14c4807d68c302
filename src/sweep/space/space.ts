import { type Check, checkOptions, isArray, isRecord as isRecordValue, isStrings } from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';
import type { Point } from '../point.js';
import { type Computed, computedOf } from './computed.js';
import { type Dimension, dimensionOf } from './dimension.js';
import { ExtraPoints } from './extra-points.js';
import { Grid } from './grid.js';
import { makePoint } from './make-point.js';
import { PointLabels } from './point-labels.js';
import { repeatsOf } from './repeats.js';
import { idOfSettings, Resolution } from './resolution.js';
import { type Rule, rulesOf } from './rule.js';
import type { Setting } from './setting.js';
import type { SampleSpec, SpaceSpec } from './space-spec.js';
import { type Scratch, type Step, stagesOf } from './stages.js';
import { firstCut, type Visit, Walk } from './walk.js';

const isRecord: Check = (value) => (isRecordValue(value) ? undefined : 'an object');
const isTitle: Check = (value) => (typeof value === 'string' ? undefined : 'a string');
const isAny: Check = () => undefined;

const checks = {
  title: isTitle,
  variables: isRecord,
  points: isArray,
  computed: isRecord,
  defaults: isRecord,
  aliases: isRecord,
  constraints: isArray,
  exclude: isArray,
  include: isArray,
  repeats: isAny,
  sample: isRecord,
  only: (value: unknown) => {
    if (Array.isArray(value) && value.length === 0) return 'one command at least';
    return typeof value === 'string' ? undefined : isStrings(value);
  },
};

/** A variable, and the parameters it moves. */
export interface Axis {
  readonly name: string;
  readonly members: readonly string[];
}

/**
 * A space that was read and checked. Its points have positions: those of the grid first, then those given one by one.
 * Not every position is a point.
 */
export class Space {
  readonly title: string;
  /** The variables, the slowest first. Of a list of points: none but the repeats. */
  readonly dimensions: readonly Dimension[];
  readonly resolution: Resolution;
  readonly labels: PointLabels;
  readonly rules: readonly Rule[];
  readonly computed: readonly Computed[];
  readonly grid: Grid;
  readonly extras: ExtraPoints;
  readonly sample: SampleSpec | undefined;
  /** Which commands are run for its points; all if it does not say so. */
  readonly only: readonly string[] | undefined;
  /** How many positions there are. */
  readonly size: number;
  /** Every position is a point, and no two are the same. */
  readonly isPlain: boolean;
  /** What can be told apart, level by level: the variables, or the parameters of a list of points. */
  readonly axes: readonly Axis[];
  /** All that a point may have. */
  readonly names: ReadonlySet<string>;
  readonly #gridSize: number;
  readonly #isPoints: boolean;
  readonly #stepsOfExtras: readonly Step[];

  constructor(spec: SpaceSpec) {
    checkOptions(spec, checks);
    if (spec.variables && spec.points)
      throw new OptionError('A space has either variables or points. For both, use include.');
    if (spec.points?.length === 0) throw new OptionError('The list of points is empty. Give it one, or leave it out.');
    this.title = spec.title ?? '';
    this.sample = spec.sample;
    this.only = spec.only === undefined ? undefined : [spec.only].flat();
    this.#isPoints = spec.points !== undefined;
    this.dimensions = dimensionsOf(spec);
    this.labels = new PointLabels(this.dimensions);
    this.resolution = new Resolution(spec);
    this.extras = new ExtraPoints(spec.points ?? spec.include ?? [], {
      where: spec.points ? 'Point' : 'Include',
      dimensions: this.dimensions,
    });
    const names = this.#names();
    this.#checkNames(names);
    this.computed = computedOf(spec.computed, names);
    this.names = new Set([...names, ...this.computed.map(({ name }) => name)]);
    this.rules = rulesOf(spec, this.names);
    this.#stepsOfExtras = stagesOf({ slots: [], dimensions: 0 }, this)[0] ?? [];
    this.grid = new Grid(this);
    this.axes = this.#axesOf();
    const hasGrid = !this.#isPoints && (spec.variables !== undefined || spec.include === undefined);
    this.#gridSize = hasGrid ? this.grid.size : 0;
    this.size = this.#gridSize + this.extras.size;
    this.isPlain = this.grid.isPlain && this.extras.size === 0;
  }

  /** Visits every point in order; false if it was stopped. */
  walk(visit: Visit, cuts: number[]): boolean {
    if (this.#gridSize > 0 && !new Walk(this.grid, cuts).all(visit)) return false;
    for (let i = 0; i < this.extras.size; i++) {
      const cut = this.#cutOfExtra(i);
      if (cut !== undefined) cuts[cut] = (cuts[cut] ?? 0) + 1;
      else if (!visit(this.#gridSize + i, 1)) return false;
    }
    return true;
  }

  /** Tells of single positions whether they are points. */
  admitter(): (position: number) => boolean {
    const walk = new Walk(this.grid, []);
    return (position) =>
      position < this.#gridSize ? walk.admits(position) : this.#cutOfExtra(position - this.#gridSize) === undefined;
  }

  /** Makes ids; quicker than points. */
  idMaker(): (position: number) => string {
    const digits = new Int32Array(this.dimensions.length);
    return (position) => {
      if (position >= this.#gridSize) return idOfSettings(this.resolution.resolved(this.chosen(position)));
      this.grid.read(position, digits);
      return this.grid.idOf(digits);
    };
  }

  /** The places in the dimensions; `undefined` for a point given on its own. */
  digits(position: number): Int32Array | undefined {
    return position < this.#gridSize ? this.grid.digits(position) : undefined;
  }

  /** What was chosen, the slowest first. */
  chosen(position: number): readonly Setting[] {
    return position < this.#gridSize ? this.grid.chosen(position) : this.extras.chosen(position - this.#gridSize);
  }

  point(position: number): Point {
    return makePoint(this.chosen(position), this);
  }

  /** What is included is included: only a list of points is subject to the rules. */
  #cutOfExtra(index: number): number | undefined {
    if (!this.#isPoints || this.rules.length === 0) return undefined;
    const known: Scratch = {};
    for (const { name, value } of this.resolution.resolved(this.extras.chosen(index)).values()) known[name] = value;
    return firstCut(this.#stepsOfExtras, known);
  }

  #axesOf(): readonly Axis[] {
    const axes = this.dimensions.map(({ name, members }) => ({ name, members: members.map((member) => member.name) }));
    if (!this.#isPoints) return axes;
    const names = new Set(this.extras.points.flatMap((point) => point.map(({ name }) => name)));
    for (const { name } of axes) names.delete(name);
    return [...[...names].map((name) => ({ name, members: [name] })), ...axes];
  }

  #names(): ReadonlySet<string> {
    const names = new Set(this.dimensions.flatMap(({ members }) => members.map(({ name }) => name)));
    for (const point of this.extras.points) for (const { name } of point) names.add(name);
    for (const alias of this.resolution.aliasNames)
      for (const name of this.resolution.namesSetBy(alias)) names.add(name);
    for (const name of this.resolution.defaults.keys()) names.add(name);
    return names;
  }

  #checkNames(names: ReadonlySet<string>): void {
    const chosen = this.dimensions.flatMap(({ name, isZip, members }) => [
      ...(isZip ? [name] : []),
      ...members.map((member) => member.name),
    ]);
    const twice = chosen.find((name, i) => chosen.indexOf(name) !== i);
    if (twice !== undefined) throw new OptionError(`Two variables are called "${twice}". Rename one of them.`);
    for (const alias of this.resolution.aliasNames) {
      if (!names.has(alias)) throw new OptionError(`There is an alias for "${alias}", but no such parameter.`);
      const set = [...this.resolution.namesSetBy(alias)].find((name) => chosen.includes(name));
      if (set !== undefined)
        throw new OptionError(`The alias "${alias}" sets "${set}", which is a variable of its own.`);
    }
    for (const point of this.extras.points) this.resolution.resolved(point); // an unknown case is found now
  }
}

function dimensionsOf(spec: SpaceSpec): readonly Dimension[] {
  const dimensions = Object.entries(spec.variables ?? {}).map(([name, variable]) => dimensionOf(name, variable));
  const repeats = repeatsOf(spec.repeats);
  return repeats ? [...dimensions, repeats] : dimensions;
}
