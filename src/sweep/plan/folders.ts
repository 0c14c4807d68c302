import type { Point } from '../point.js';
import { flatName, type Levels, markedName, nestedName } from '../space/folder-name.js';
import { idOfSettings } from '../space/resolution.js';
import type { Setting } from '../space/setting.js';
import type { Axis, Space } from '../space/space.js';
import { codesOf, type ZipLabels, zipLabelsOf } from '../space/zip-labels.js';

/** A folder for each variable, or one for all of them, or as it is called: no two tasks may have the same. */
export type FolderForm = 'nested' | 'flat' | ((point: Point) => string);

/**
 * Names the folders of a plan. Its first space says what a name looks like. A point of another shape, or of other
 * defaults, could get the folder of another point, or one within it: such a point has its id in its name.
 */
export class Folders {
  readonly #home: Space;
  readonly #form: Exclude<FolderForm, (point: Point) => string>;
  readonly #axes: readonly Axis[];
  /** By level, of zips with labels: the label by the values. */
  readonly #labels: readonly (ZipLabels | undefined)[];

  constructor(home: Space, form: Exclude<FolderForm, (point: Point) => string>) {
    this.#home = home;
    this.#form = form;
    this.#axes = home.axes;
    this.#labels = home.axes.map((_, level) => labelsOf(home, level));
  }

  of(chosen: readonly Setting[], id: string): string {
    const levels = this.#levelsOf(chosen);
    const isAtHome = this.#hasSameRest(chosen, id);
    if (this.#form === 'flat') return (isAtHome ? flatName : markedName)(levels ?? [chosen], id);
    return levels && isAtHome ? nestedName(levels, id) : markedName(levels ?? [chosen], id);
  }

  /** `undefined` where the first space has no such points. */
  #levelsOf(chosen: readonly Setting[]): Levels | undefined {
    const byName = new Map(chosen.map((setting) => [setting.name, setting]));
    const levels: Setting[][] = [];
    let found = 0;
    const before: Setting[] = [];
    for (const [level, { members }] of this.#axes.entries()) {
      const parts = members.map((name) => byName.get(name)).filter((setting) => setting !== undefined);
      if (parts.length !== (this.#isInEffect(level, before) ? members.length : 0)) return undefined;
      if (parts.length > 0) levels.push(this.#labelled(level, parts));
      before.push(...parts);
      found += parts.length;
    }
    return found === chosen.length ? levels : undefined;
  }

  #isInEffect(level: number, before: readonly Setting[]): boolean {
    const home = this.#home;
    if (home.axes.length > home.dimensions.length) {
      const [first = []] = home.extras.points;
      const repeats = home.dimensions[0]?.name;
      return (
        this.#axes[level]?.members.every((name) => name === repeats || first.some((each) => each.name === name)) ??
        false
      );
    }
    const condition = home.grid.conditions[level];
    if (!condition) return true;
    try {
      const known = [...home.resolution.resolved(before).values()].map(({ name, value }) => [name, value]);
      return condition.keeps(Object.fromEntries(known));
    } catch {
      return false; // the condition is not made for values of other spaces
    }
  }

  #labelled(level: number, parts: Setting[]): Setting[] {
    const label = this.#labels[level]?.get(codesOf(parts));
    const [first] = parts;
    const name = this.#axes[level]?.name;
    return label === undefined || !first || name === undefined
      ? parts
      : [{ ...first, name, code: codesOf(parts), text: '', label }];
  }

  /** Whether what the name does not say is what the first space would make of it. */
  #hasSameRest(chosen: readonly Setting[], id: string): boolean {
    try {
      return idOfSettings(this.#home.resolution.resolved(chosen)) === id;
    } catch {
      return false; // an alias of the first space does not know the value
    }
  }
}

function labelsOf(home: Space, level: number): ZipLabels | undefined {
  const dimension = home.axes.length === home.dimensions.length ? home.dimensions[level] : undefined;
  return dimension && zipLabelsOf(dimension);
}
