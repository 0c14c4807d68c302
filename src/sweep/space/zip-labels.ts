import type { Dimension } from './dimension.js';
import type { Setting } from './setting.js';

/** What the steps of a zip are called, by the values of its members together. */
export type ZipLabels = ReadonlyMap<string, string>;

/** `undefined` for what is no zip, and for a zip without labels. */
export function zipLabelsOf({ labels, members }: Dimension): ZipLabels | undefined {
  if (!labels) return undefined;
  return new Map(labels.map((label, i) => [codesOf(members.flatMap(({ settings }) => settings[i] ?? [])), label]));
}

export function codesOf(settings: readonly Setting[]): string {
  return settings.map(({ code }) => code).join('\n');
}
