import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { OptionError } from '../base/errors.js';
import type { AnyFunction } from './target-ref.js';

/** A function named by its module and export, instead of being handed over. */
export class NamedTarget<F extends AnyFunction = AnyFunction> {
  readonly url: string;
  readonly exportName: string;
  /** Only a type: what the function takes and gives. */
  declare readonly signature?: F;

  constructor(url: string, exportName: string) {
    this.url = url;
    this.exportName = exportName;
    Object.freeze(this);
  }
}

/** Everything that can be run: a function, or what names one. A URL or a path alone means the module's default export. */
export type Target<F extends AnyFunction = AnyFunction> = F | NamedTarget<F> | URL | string;

/**
 * Names a target outright, which also works in bundles and where functions cannot be traced to their module:
 * `target<typeof square>(import.meta.url, 'square')`. A path is taken relative to the working directory.
 */
export function target<F extends AnyFunction = AnyFunction>(
  module: string | URL,
  exportName: string | { readonly name: string } = 'default',
): NamedTarget<F> {
  const name = typeof exportName === 'string' ? exportName : exportName?.name;
  if (typeof name !== 'string' || name === '') {
    throw new OptionError('target(module, name): the name of the export has to be a non-empty string.');
  }
  return new NamedTarget<F>(moduleUrl(module), name);
}

export function moduleUrl(module: string | URL): string {
  if (module instanceof URL) return module.href;
  if (typeof module !== 'string' || module === '') {
    throw new OptionError('A module is named by a URL (import.meta.url, say) or a path.');
  }
  if (isAbsolute(module)) return pathToFileURL(module).href;
  return URL.canParse(module) ? module : pathToFileURL(resolve(module)).href;
}
