import type { AnyFunction, Place } from './target-ref.js';

// On the global object: the host in this thread holds another copy of this package.
const key = Symbol.for('pyworkers.unfinished');
const globals = globalThis as { [key]?: Map<string, AnyFunction> };

/** A function of a module that is still being evaluated. In this very thread waiting for that would never end. */
export function rememberUnfinished(place: Place, fn: AnyFunction): void {
  globals[key] ??= new Map();
  globals[key].set(textOf(place), fn);
}

export function unfinishedAt(place: Place): AnyFunction | undefined {
  return globals[key]?.get(textOf(place));
}

function textOf({ url, line, column }: Place): string {
  return `${url}:${line}:${column}`;
}
