import { OptionError } from '../../base/errors.js';
import type { Dimension } from './dimension.js';
import { refuseOtherSpelling } from './dimension.js';
import { type Setting, settingsOf } from './setting.js';
import type { WrittenParams } from './space-spec.js';

/** Points that are given one by one, each as often as there are repeats. */
export class ExtraPoints {
  readonly size: number;
  readonly #points: readonly (readonly Setting[])[];
  /** Where each point begins: one that sets the repeats' parameter itself is not repeated. */
  readonly #starts: readonly number[];
  readonly #repeats: readonly Setting[];

  constructor(
    points: readonly WrittenParams[],
    { where, dimensions }: { where: string; dimensions: readonly Dimension[] },
  ) {
    if (!Array.isArray(points)) throw new OptionError(`${where} takes a list of points, not ${typeof points}.`);
    const own = dimensions.filter((dimension) => !dimension.isRepeats);
    const repeats = dimensions.find((dimension) => dimension.isRepeats);
    this.#repeats = repeats?.members[0]?.settings ?? [];
    const find = points.length > 0 ? finderOf(dimensions) : () => undefined;
    this.#points = points.map((point, i) =>
      inOrder(
        settingsOf(point, `${where} ${i + 1}`).map((setting) => find(setting) ?? setting),
        own,
      ),
    );
    let size = 0;
    this.#starts = this.#points.map((point) => {
      const start = size;
      size += this.#isRepeated(point) ? this.#repeats.length : 1;
      return start;
    });
    this.size = size;
  }

  get points(): readonly (readonly Setting[])[] {
    return this.#points;
  }

  /** What was chosen, in the order of the variables; others come after them. */
  chosen(index: number): readonly Setting[] {
    const at = lastNotAbove(this.#starts, index);
    const point = this.#points[at] ?? [];
    const repeat = this.#isRepeated(point) ? this.#repeats[index - (this.#starts[at] ?? 0)] : undefined;
    return repeat ? [...point, repeat] : point;
  }

  #isRepeated(point: readonly Setting[]): boolean {
    const [first] = this.#repeats;
    return first !== undefined && !point.some(({ name }) => name === first.name);
  }
}

/** Position of the last number that is not above another one; the numbers are sorted. */
export function lastNotAbove(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= value) low = middle;
    else high = middle;
  }
  return low;
}

/** A value that a variable has is the variable's own, with its label. */
function finderOf(dimensions: readonly Dimension[]): (setting: Setting) => Setting | undefined {
  const known = new Map<string, Setting>();
  for (const { members } of dimensions) {
    for (const { name, settings } of members) for (const each of settings) known.set(`${name}=${each.code}`, each);
  }
  return (setting) => {
    const same = known.get(`${setting.name}=${setting.code}`);
    if (same) refuseOtherSpelling(same, setting);
    return same;
  };
}

function inOrder(settings: readonly Setting[], dimensions: readonly Dimension[]): readonly Setting[] {
  const order = new Map(dimensions.flatMap(({ members }) => members).map(({ name }, i) => [name, i]));
  const placeOf = ({ name }: Setting): number => order.get(name) ?? order.size;
  return [...settings].sort((a, b) => placeOf(a) - placeOf(b));
}
