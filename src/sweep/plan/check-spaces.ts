import { OptionError } from '../../base/errors.js';
import { componentOf } from '../space/component.js';
import { refuseOtherSpelling } from '../space/dimension.js';
import type { Setting } from '../space/setting.js';
import type { Space } from '../space/space.js';

/** Refuses what would be confused in folders and commands: names, texts and labels that mean two things in one plan. */
export function checkSpaces(spaces: readonly Space[]): void {
  const byName = new Map<string, Setting[][]>();
  for (const space of spaces) {
    for (const { members } of space.dimensions) {
      for (const { name, settings } of members) listOf(byName, name).push([...settings]);
    }
    for (const setting of space.extras.points.flat()) listOf(byName, setting.name).push([setting]);
    for (const steps of labelledSteps(space)) listOf(byName, steps[0]?.name ?? '').push(steps);
  }
  checkCase([...byName.keys()]);
  for (const lists of byName.values()) {
    checkTexts(lists);
    checkLabels(lists);
  }
}

function listOf(byName: Map<string, Setting[][]>, name: string): Setting[][] {
  const lists = byName.get(name) ?? [];
  byName.set(name, lists);
  return lists;
}

/** Some file systems take `LR=1` and `lr=1` for one folder. */
function checkCase(names: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      throw new OptionError(
        `The names "${other}" and "${name}" differ in upper and lower case only. Rename one of them.`,
      );
    }
    seen.set(name.toLowerCase(), name);
  }
}

function checkTexts(lists: readonly (readonly Setting[])[]): void {
  if (lists.length < 2 || !lists.some((settings) => settings.some(({ isSourced }) => isSourced))) return;
  const seen = new Map<string, Setting>();
  for (const setting of lists.flat()) {
    refuseOtherSpelling(seen.get(setting.code) ?? setting, setting);
    seen.set(setting.code, setting);
  }
}

/** Without labels no two values have the same folder; with them, somebody may call two values the same. */
function checkLabels(lists: readonly (readonly Setting[])[]): void {
  if (!lists.some((settings) => settings.some(({ label }) => label !== undefined))) return;
  const seen = new Map<string, Setting>();
  for (const setting of lists.flat()) {
    const folder = componentOf(setting).toLowerCase();
    const other = seen.get(folder);
    if (other && other.code !== setting.code) {
      throw new OptionError(
        `"${setting.label ?? setting.text}" stands for two values of "${setting.name}": ${other.code} and ${setting.code}. Give each a label of its own.`,
      );
    }
    seen.set(folder, setting);
  }
}

function labelledSteps({ dimensions }: Space): Setting[][] {
  return dimensions.flatMap(({ name, labels, members }) => {
    if (!labels) return [];
    const codeOf = (i: number): string => members.map(({ settings }) => settings[i]?.code).join('\n');
    return [labels.map((label, i) => ({ name, value: null, code: codeOf(i), text: '', isSourced: false, label }))];
  });
}
