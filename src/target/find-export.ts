import { placeOf } from './function-location.js';
import type { AnyFunction, Place } from './target-ref.js';

/** The way from a module's namespace to one of its functions; also through `default` and one level of objects and classes. */
export function pathToExport(
  namespace: object,
  isWanted: (value: AnyFunction) => boolean,
): readonly string[] | undefined {
  const path = pathWithin(namespace, isWanted) ?? pathOneLevelDown(namespace, isWanted);
  if (path) return path;
  const [, byDefault] = [...readable(namespace)].find(([name]) => name === 'default') ?? [];
  const rest = isContainer(byDefault) && pathOneLevelDown(byDefault, isWanted); // all that a CommonJS module exports
  return rest ? ['default', ...rest] : undefined;
}

export function liesAt(place: Place): (value: AnyFunction) => boolean {
  return (value) => {
    const other = placeOf(value);
    return other?.url === place.url && other.line === place.line && other.column === place.column;
  };
}

function pathOneLevelDown(container: object, isWanted: (value: AnyFunction) => boolean): readonly string[] | undefined {
  for (const [name, value] of readable(container)) {
    const rest = isContainer(value) && pathWithin(value, isWanted);
    if (rest) return [name, ...rest];
  }
  return undefined;
}

function isContainer(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function pathWithin(container: object, isWanted: (value: AnyFunction) => boolean): readonly string[] | undefined {
  for (const [name, value] of readable(container)) {
    if (typeof value === 'function' && isWanted(value as AnyFunction)) return [name];
  }
  return undefined;
}

/** Own properties that can be read: an export may still be in its temporal dead zone, a getter may throw. */
function* readable(container: object): Generator<[string, unknown]> {
  for (const name of Object.getOwnPropertyNames(container)) {
    let value: unknown;
    try {
      value = (container as Record<string, unknown>)[name];
    } catch {
      continue;
    }
    yield [name, value];
  }
}
