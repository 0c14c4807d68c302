import type { Dimension } from './dimension.js';
import type { Setting } from './setting.js';
import { codesOf, type ZipLabels, zipLabelsOf } from './zip-labels.js';

interface LabelledZip {
  readonly name: string;
  readonly members: readonly string[];
  readonly labels: ZipLabels;
}

/** What the values of points are called, where labels were given. */
export class PointLabels {
  readonly #zips: readonly LabelledZip[];

  constructor(dimensions: readonly Dimension[]) {
    this.#zips = dimensions.flatMap((dimension) => {
      const labels = zipLabelsOf(dimension);
      return labels ? [{ name: dimension.name, members: dimension.members.map(({ name }) => name), labels }] : [];
    });
  }

  /** By variable; `undefined` where nothing chosen has a label. */
  of(chosen: readonly Setting[]): Readonly<Record<string, string>> | undefined {
    const found: Record<string, string> = {};
    for (const { name, label } of chosen) if (label !== undefined) found[name] = label;
    for (const { name, members, labels } of this.#zips) {
      const label = labels.get(codesOf(chosen.filter((setting) => members.includes(setting.name))));
      if (label !== undefined) found[name] = label;
    }
    return Object.keys(found).length > 0 ? Object.freeze(found) : undefined;
  }
}
