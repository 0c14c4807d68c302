import type { Dimension } from './dimension.js';
import { lineOf } from './point-id.js';
import type { Resolution } from './resolution.js';
import type { Setting } from './setting.js';

/** A parameter of a grid: what it is follows from the place in one dimension, so it is worked out beforehand. */
export interface Slot {
  readonly name: string;
  /** Position of the dimension that decides; -1 where it is always the same. */
  readonly dimension: number;
  /** By the place in that dimension; the last is for where the dimension is not in effect. */
  readonly settings: readonly (Setting | undefined)[];
  /** What each adds to what is hashed; '' where the parameter is not there. */
  readonly lines: readonly string[];
}

/** All parameters of a grid but the computed ones, sorted by name. */
export function slotsOf(dimensions: readonly Dimension[], resolution: Resolution): readonly Slot[] {
  const slots = new Map<string, Slot>();
  for (const [i, { members }] of dimensions.entries()) {
    for (const { name, settings } of members)
      slots.set(name, slotOf(name, i, [...settings, resolution.defaults.get(name)]));
  }
  const chosen = new Map(slots);
  for (const alias of resolution.aliasNames) {
    const setter = chosen.get(alias);
    const values = setter?.settings ?? [resolution.defaults.get(alias)];
    const cases = values.map((value) => (value ? resolution.setBy(value) : []));
    for (const name of resolution.namesSetBy(alias)) {
      if (chosen.has(name)) continue; // what is chosen wins; the space has refused this already
      const settings = cases.map((set) => set.find((each) => each.name === name) ?? resolution.defaults.get(name));
      slots.set(name, slotOf(name, setter?.dimension ?? -1, settings));
    }
  }
  for (const [name, setting] of resolution.defaults) if (!slots.has(name)) slots.set(name, slotOf(name, -1, [setting]));
  return [...slots.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function slotOf(name: string, dimension: number, settings: Slot['settings']): Slot {
  return { name, dimension, settings, lines: settings.map((setting) => (setting ? lineOf(name, setting.code) : '')) };
}
