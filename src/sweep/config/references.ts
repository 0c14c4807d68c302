import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type NamedTarget, target } from '../../target/target.js';
import { nearest } from '../../task/command/nearest.js';
import { importFile, loaderFor } from './import-file.js';
import type { Problems } from './problems.js';
import { shown, type YamlNode } from './yaml-node.js';

interface Reference {
  readonly file: string;
  readonly name: string;
}

/** The functions that a file names as `train.js#main`, relative to its folder. */
export class References {
  readonly #folder: string;
  readonly #problems: Problems;
  readonly #loaded = new Map<YamlNode, unknown>();
  /** For `--import`, where workers need it for what is named here. */
  needsLoader: string | undefined;

  constructor(folder: string, problems: Problems) {
    this.#folder = folder;
    this.#problems = problems;
  }

  /** One that workers load. Whether the module has it is seen there; that the module is there is seen now. */
  target(node: YamlNode): NamedTarget | undefined {
    const reference = this.#read(node);
    if (!reference) return undefined;
    try {
      this.needsLoader ??= loaderFor(reference.file);
    } catch (error) {
      this.#problems.add(node.at, (error as Error).message);
    }
    return target(reference.file, reference.name);
  }

  /** Imports what the driver itself needs, for `value`. */
  async load(node: YamlNode, kind: 'function' | 'object'): Promise<void> {
    const reference = this.#read(node);
    if (!reference) return;
    const { file, name } = reference;
    try {
      const { namespace, needsLoader } = await importFile(file);
      this.needsLoader ??= needsLoader;
      const value = name
        .split('.')
        .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], namespace);
      if (typeof value === kind && value !== null) this.#loaded.set(node, value);
      else
        this.#problems.add(
          node.at,
          `${basename(file)} has no ${kind} "${name}" (it exports: ${Object.keys(namespace).join(', ') || 'nothing'})`,
        );
    } catch (error) {
      const { message } = error instanceof Error ? error : new Error(String(error));
      this.#problems.add(node.at, `${basename(file)} could not be imported: ${message}`);
    }
  }

  value(node: YamlNode): unknown {
    return this.#loaded.get(node);
  }

  #read(node: YamlNode): Reference | undefined {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') return undefined; // told by the schema
    const [, path = node.value, name = 'default'] = /^(.*)#([^#]*)$/s.exec(node.value) ?? [];
    const file = path.startsWith('file:') ? fileURLToPath(path) : resolve(this.#folder, path);
    if (name === '' || path === '') {
      this.#problems.add(
        node.at,
        `a function is named by its module and its export, as train.js#main, not ${shown(node)}`,
      );
      return undefined;
    }
    if (existsSync(file)) return { file, name };
    const like = nearest(basename(file), filesIn(dirname(file)));
    const hint = like === undefined ? '' : ` (did you mean "${like}"?)`;
    this.#problems.add(node.at, `there is no file ${file}${hint}`);
    return undefined;
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // no such folder either
  }
}
