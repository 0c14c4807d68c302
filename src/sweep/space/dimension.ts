import { isRecord } from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';
import { meant } from './nearest.js';
import { checkName } from './parameter-name.js';
import { rangeOf } from './range.js';
import { type Setting, settingOf } from './setting.js';
import { Sourced } from './sourced.js';
import type { Condition, Keeping, Labels, ListSpec, RangeSpec, VariableSpec, Written, ZipSpec } from './space-spec.js';

/** A variable that moves on its own: one parameter, or several in step. */
export interface Dimension {
  /** Of the variable; of a zip, the name that its members share. */
  readonly name: string;
  readonly isZip: boolean;
  /** Made for repeats. */
  readonly isRepeats: boolean;
  /** Its parameters, each with its settings: equally many. */
  readonly members: readonly Member[];
  /** How many different values it has. */
  readonly size: number;
  /** How often each value was given, where any was given twice. */
  readonly counts: readonly number[] | undefined;
  /** Of a zip: what each step is called. */
  readonly labels: readonly string[] | undefined;
  readonly when: Condition | undefined;
  /** Of the variable itself; a zip's own is called with the record of its members. */
  readonly keeping: Keeping;
}

interface Member {
  readonly name: string;
  readonly settings: readonly Setting[];
  readonly keeping: Keeping;
}

const keysOf = {
  list: ['values', 'labels', 'when', 'load', 'dispose'],
  range: ['from', 'to', 'step', 'count', 'scale', 'labels', 'when', 'load', 'dispose'],
  zip: ['zip', 'labels', 'when', 'load', 'dispose'],
  member: ['values', 'load', 'dispose'],
};

/** Reads one variable of a space. */
export function dimensionOf(name: string, spec: VariableSpec): Dimension {
  checkName(name, 'A variable');
  if (!isRecord(spec) || spec instanceof Sourced) return listed(name, { values: spec as Written | readonly Written[] });
  if ('zip' in spec) return zipped(name, checkedKeys(name, spec as unknown as ZipSpec, keysOf.zip));
  if ('values' in spec) return listed(name, checkedKeys(name, spec as unknown as ListSpec, keysOf.list));
  if ('from' in spec || 'to' in spec) {
    const range = checkedKeys(name, spec as unknown as RangeSpec, keysOf.range);
    return listed(name, { ...range, values: rangeOf(name, range) });
  }
  throw new OptionError(`The variable "${name}" has none of: values, from and to, zip. Write a list, or one of these.`);
}

function listed(name: string, spec: ListSpec): Dimension {
  const settings = labelled(name, writtenOf(name, spec.values), spec.labels);
  checkSpellings(settings);
  const { kept, counts } = isAscending(settings) ? allKept : withoutRepeated(settings.map(({ code }) => code));
  const unique = counts ? kept.map((i) => settings[i] as Setting) : settings;
  const keeping = keepingOf(spec);
  return {
    name,
    isZip: false,
    isRepeats: false,
    members: [{ name, settings: unique, keeping }],
    size: unique.length,
    counts,
    labels: undefined,
    when: spec.when,
    keeping,
  };
}

function zipped(name: string, spec: ZipSpec): Dimension {
  if (!isRecord(spec.zip) || Object.keys(spec.zip).length === 0) {
    throw new OptionError(`The zip "${name}" is an object of lists: zip: { a: [1, 2], b: [3, 4] }.`);
  }
  const all = Object.entries(spec.zip).map(([member, given]) => zipMember(name, member, given));
  const [length = 0] = all.map((member) => member.settings.length);
  if (all.some((member) => member.settings.length !== length)) {
    const lengths = all.map((member) => `${member.name} has ${member.settings.length}`).join(', ');
    throw new OptionError(`The lists of the zip "${name}" move together, so they are equally long: ${lengths}.`);
  }
  const labels = spec.labels === undefined ? undefined : zipLabels(name, spec.labels, length);
  const { kept, counts } = withoutRepeated(
    all[0]?.settings.map((_, i) => all.map((each) => each.settings[i]?.code).join('\n')) ?? [],
  );
  return {
    name,
    isZip: true,
    isRepeats: false,
    members: all.map((member) => ({ ...member, settings: kept.map((i) => member.settings[i] as Setting) })),
    size: kept.length,
    counts,
    labels: labels && kept.map((i) => labels[i] as string),
    when: spec.when,
    keeping: keepingOf(spec),
  };
}

function zipMember(zip: string, name: string, given: ZipSpec['zip'][string]): Member {
  checkName(name, `The zip "${zip}"`);
  const spec =
    isRecord(given) && !(given instanceof Sourced) ? checkedKeys(name, given, keysOf.member) : { values: given };
  const settings = writtenOf(name, spec.values as Written).map((each, i) => settingOf(name, each, `${name}[${i}]`));
  checkSpellings(settings);
  return { name, settings, keeping: keepingOf(spec as Keeping) };
}

function writtenOf(name: string, values: Written | readonly Written[]): readonly Written[] {
  const list: readonly Written[] = Array.isArray(values) ? values : [values as Written];
  if (list.length === 0) throw new OptionError(`The variable "${name}" has no values. Give it one, or leave it out.`);
  if (Object.keys(list).length !== list.length) throw new OptionError(`The list of the variable "${name}" has holes.`);
  return list;
}

function labelled(name: string, values: readonly Written[], labels: Labels | undefined): readonly Setting[] {
  const settings = values.map((each, i) => settingOf(name, each, `${name}[${i}]`));
  if (labels === undefined) return settings;
  if (Array.isArray(labels)) {
    const list = checkedLabels(name, labels, values.length);
    return settings.map((setting, i) => ({ ...setting, label: list[i] as string }));
  }
  const texts = new Set(settings.map(({ text }) => text));
  const unknown = Object.keys(labels).find((text) => !texts.has(text));
  if (unknown !== undefined) {
    throw new OptionError(
      `The variable "${name}" has a label for "${unknown}", which is none of its values.${meant(unknown, texts)}`,
    );
  }
  const byText = new Map(Object.entries(labels));
  checkedLabels(name, [...byText.values()], byText.size);
  return settings.map((setting) => {
    const label = byText.get(setting.text);
    return label === undefined ? setting : { ...setting, label };
  });
}

function zipLabels(name: string, labels: Labels, length: number): readonly string[] {
  if (Array.isArray(labels)) return checkedLabels(name, labels, length);
  throw new OptionError(`The labels of the zip "${name}" are a list, one for each of its ${length} steps.`);
}

function checkedLabels(name: string, labels: readonly unknown[], count: number): readonly string[] {
  if (labels.length !== count) {
    throw new OptionError(`The variable "${name}" has ${count} values and ${labels.length} labels. Give one for each.`);
  }
  return labels.map((label) => {
    if (typeof label === 'string' && label.isWellFormed() && label !== '') return label;
    throw new OptionError(
      `A label of the variable "${name}" is a string with something in it, not ${JSON.stringify(label)}.`,
    );
  });
}

/** `1.0` and `1` are one value: which of the two a command would get must not depend on chance. */
function checkSpellings(settings: readonly Setting[]): void {
  if (!settings.some(({ isSourced, label }) => isSourced || label !== undefined)) return;
  const first = new Map<string, Setting>();
  for (const setting of settings) {
    const same = first.get(setting.code);
    if (!same) first.set(setting.code, setting);
    else refuseOtherSpelling(same, setting);
  }
}

/** Throws where one value is spelled or labelled in two ways. */
export function refuseOtherSpelling(one: Setting, other: Setting): void {
  if (one.text !== other.text) {
    throw new OptionError(
      `"${one.text}" and "${other.text}" are the same value of "${one.name}". Write it in one way, or as strings if they differ.`,
    );
  }
}

const allKept = { kept: [], counts: undefined };

/** Numbers in order are all different, and need no search, which counts where there are a million. */
function isAscending(settings: readonly Setting[]): boolean {
  return settings.every(({ value }, i) => {
    const before = settings[i - 1]?.value;
    return typeof value === 'number' && (i === 0 || (typeof before === 'number' && before < value));
  });
}

/** Which are there for the first time, and how often each of those is there. */
function withoutRepeated(codes: readonly string[]): { kept: readonly number[]; counts: readonly number[] | undefined } {
  if (new Set(codes).size === codes.length) return { kept: [...codes.keys()], counts: undefined };
  const counts = new Map<string, number>();
  const kept: number[] = [];
  for (const [i, code] of codes.entries()) {
    const count = counts.get(code) ?? 0;
    if (count === 0) kept.push(i);
    counts.set(code, count + 1);
  }
  return { kept, counts: [...counts.values()] };
}

function keepingOf({ load, dispose }: Keeping): Keeping {
  return { ...(load === undefined ? {} : { load }), ...(dispose === undefined ? {} : { dispose }) };
}

function checkedKeys<T extends object>(name: string, spec: T, keys: readonly string[]): T {
  const unknown = Object.keys(spec).find((key) => !keys.includes(key));
  if (unknown === undefined) return spec;
  throw new OptionError(
    `The variable "${name}" has no setting "${unknown}".${meant(unknown, keys)} It takes: ${keys.join(', ')}.`,
  );
}
