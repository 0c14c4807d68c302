import { nearest } from '../../../task/command/nearest.js';
import { codeOf } from '../../space/canonical.js';
import type { Problems } from '../problems.js';
import { shown, type YamlEntry, type YamlNode } from '../yaml-node.js';
import { type PythonValue, pythonValue } from './python-value.js';

/** What a parameter stands for: other parameters with its value, or by its value other parameters with theirs. */
export class RunnerCases {
  readonly name: string;
  readonly #what: string;
  readonly #value: YamlNode;
  readonly #problems: Problems;

  /** `what`: `alias` or `pack`. */
  constructor({ key, value }: YamlEntry, { what, problems }: { readonly what: string; readonly problems: Problems }) {
    this.name = key;
    this.#what = what;
    this.#value = value;
    this.#problems = problems;
    this.#checkForm();
  }

  get isList(): boolean {
    return this.#value.kind === 'list';
  }

  /** All values that there are a case for. */
  get values(): readonly PythonValue[] {
    return this.#value.kind === 'map' ? this.#value.entries.map(({ keyNode }) => pythonValue(keyNode)) : [];
  }

  has(given: PythonValue): boolean {
    return this.isList || this.#caseOf(given) !== undefined;
  }

  /** What a value sets. One that has no case is a problem where it stands, at `at`. */
  of(given: PythonValue, at: number): ReadonlyMap<string, PythonValue> {
    const form = this.#value;
    if (form.kind === 'list')
      return new Map(form.items.map((item) => [item.kind === 'scalar' ? item.text : '', given]));
    const found = this.#caseOf(given);
    if (found?.value.kind === 'map')
      return new Map(found.value.entries.map(({ key, value }) => [key, pythonValue(value)]));
    if (!found && form.kind === 'map') this.#refuse(given, at);
    return new Map();
  }

  #caseOf(given: PythonValue): YamlEntry | undefined {
    const entries = this.#value.kind === 'map' ? this.#value.entries : [];
    return entries.find(({ keyNode }) => codeOf(pythonValue(keyNode).value) === codeOf(given.value));
  }

  #refuse({ text }: PythonValue, at: number): void {
    const cases = this.values.map((value) => value.text);
    const like = nearest(text, cases);
    const hint = like === undefined ? `; its cases are: ${cases.join(', ')}` : ` (did you mean "${like}"?)`;
    this.#problems.add(at, `"${text}" is no case of "${this.name}" under "${this.#what}"${hint}`);
  }

  #checkForm(): void {
    const form = this.#value;
    const where = `"${this.name}" under "${this.#what}"`;
    const isEmpty = form.kind !== 'scalar' && (form.kind === 'list' ? form.items : form.entries).length === 0;
    if (form.kind === 'scalar' || isEmpty) {
      this.#problems.add(
        form.at,
        `${where} takes a list of names, or cases with the parameters that each sets, not ${isEmpty ? 'nothing' : shown(form)}`,
      );
    } else if (form.kind === 'list') {
      for (const item of form.items)
        if (item.kind !== 'scalar') this.#problems.add(item.at, `${where} lists names, not ${shown(item)}`);
    } else {
      for (const { key, value } of form.entries) {
        if (value.kind !== 'map')
          this.#problems.add(
            value.at,
            `the case "${key}" of ${where} takes parameters and values, not ${shown(value)}`,
          );
      }
    }
  }
}
