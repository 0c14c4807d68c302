import { lineOf } from '../space/point-id.js';
import type { Setting } from '../space/setting.js';
import type { Axis, Space } from '../space/space.js';

/** Numbers for what points share: at each level two have the same exactly if they have the same value there. */
export class Paths {
  readonly #numbers = new Map<string, number>();
  /** By space and level: the number of each place, plus one. */
  readonly #known = new Map<Space, readonly Int32Array[]>();

  of(space: Space, position: number, depth: number): readonly number[] {
    const axes = space.axes.slice(0, Math.max(0, depth));
    const digits = space.digits(position);
    if (!digits) {
      const chosen = new Map(space.chosen(position).map((setting) => [setting.name, setting]));
      return axes.map((axis) => this.#numberOf(axis, (name) => chosen.get(name)));
    }
    const known = this.#tableOf(space);
    return axes.map((axis, level) => {
      const digit = digits[level] as number;
      const table = known[level] as Int32Array;
      const found = table[digit] as number;
      if (found > 0) return found - 1;
      const members = space.dimensions[level]?.members ?? [];
      const number = this.#numberOf(axis, (name) => members.find((member) => member.name === name)?.settings[digit]);
      table[digit] = number + 1;
      return number;
    });
  }

  #numberOf({ members }: Axis, settingOf: (name: string) => Setting | undefined): number {
    const lines = members.toSorted().map((name) => {
      const setting = settingOf(name);
      return setting ? lineOf(name, setting.code) : `${name}\n`;
    });
    const key = lines.join('');
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(key, number);
    return number;
  }

  #tableOf(space: Space): readonly Int32Array[] {
    const known = this.#known.get(space) ?? space.dimensions.map(({ size }) => new Int32Array(size + 1));
    this.#known.set(space, known);
    return known;
  }
}
