import { OptionError } from '../../base/errors.js';
import { idOfLines, lineOf } from './point-id.js';
import { type Setting, settingsOf } from './setting.js';
import type { SpaceSpec } from './space-spec.js';

/** What each value of one parameter sets besides itself. */
type Cases = ReadonlyMap<string, readonly Setting[]>;

/** How what was chosen becomes all that is in effect: defaults for what is missing, then what aliases set. */
export class Resolution {
  readonly defaults: ReadonlyMap<string, Setting>;
  readonly #aliases: ReadonlyMap<string, Cases>;

  constructor({ defaults = {}, aliases = {} }: Pick<SpaceSpec, 'defaults' | 'aliases'>) {
    this.defaults = new Map(settingsOf(defaults, 'Defaults').map((setting) => [setting.name, setting]));
    this.#aliases = new Map(Object.entries(aliases).map(([name, cases]) => [name, casesOf(name, cases)]));
    this.#checkApart();
  }

  /** The parameters whose values set others. */
  get aliasNames(): Iterable<string> {
    return this.#aliases.keys();
  }

  /** All names that the values of a parameter may set. */
  namesSetBy(name: string): ReadonlySet<string> {
    const cases = [...(this.#aliases.get(name)?.values() ?? [])];
    return new Set(cases.flat().map((setting) => setting.name));
  }

  /** What this value sets besides itself. Throws where it is none of the cases. */
  setBy(setting: Setting): readonly Setting[] {
    const cases = this.#aliases.get(setting.name);
    if (!cases) return [];
    const found = (setting.label === undefined ? undefined : cases.get(setting.label)) ?? cases.get(setting.text);
    if (found) return found;
    throw new OptionError(
      `The alias "${setting.name}" has no case "${setting.label ?? setting.text}". Its cases are: ${[...cases.keys()].join(', ')}.`,
    );
  }

  /** All parameters in effect but the computed ones: what was chosen first, then what aliases set, then defaults. */
  resolved(chosen: Iterable<Setting>): ReadonlyMap<string, Setting> {
    const all = new Map<string, Setting>();
    for (const setting of chosen) all.set(setting.name, setting);
    for (const name of this.#aliases.keys()) {
      const setting = all.get(name) ?? this.defaults.get(name);
      for (const set of setting ? this.setBy(setting) : []) if (!all.has(set.name)) all.set(set.name, set);
    }
    for (const [name, setting] of this.defaults) if (!all.has(name)) all.set(name, setting);
    return all;
  }

  #checkApart(): void {
    const setters = new Map<string, string>();
    for (const alias of this.#aliases.keys()) {
      for (const name of this.namesSetBy(alias)) {
        const other = setters.get(name);
        if (other !== undefined)
          throw new OptionError(`The aliases "${other}" and "${alias}" both set "${name}". Let one do it.`);
        if (this.#aliases.has(name))
          throw new OptionError(`The alias "${alias}" sets "${name}", which is an alias itself.`);
        setters.set(name, alias);
      }
    }
  }
}

/** The id of a point with these parameters in effect. */
export function idOfSettings(settings: ReadonlyMap<string, Setting>): string {
  const names = [...settings.keys()].sort();
  return idOfLines(names.map((name) => lineOf(name, settings.get(name)?.code ?? '')).join(''));
}

function casesOf(name: string, cases: unknown): Cases {
  if (typeof cases !== 'object' || cases === null || Array.isArray(cases) || Object.keys(cases).length === 0) {
    throw new OptionError(
      `The alias "${name}" is an object of its cases: ${name}: { small: { width: 1 }, big: { width: 8 } }.`,
    );
  }
  return new Map(
    Object.entries(cases).map(([label, params]) => [label, settingsOf(params, `The alias ${name}=${label}`)]),
  );
}
