import { types } from 'node:util';

/** Web classes of which a copy of the properties would be an empty object. */
const platformTags = new Set([
  ...['URL', 'URLSearchParams', 'AbortController', 'AbortSignal', 'EventTarget', 'Event', 'Headers', 'FormData'],
  ...['Request', 'Response', 'ReadableStream', 'WritableStream', 'TransformStream', 'FinalizationRegistry'],
]);

/** What is alive has no value to send; structured clone refuses most of it too. */
export function describeAlive(value: object): string | undefined {
  if (types.isPromise(value)) return 'a Promise (await it first)';
  if (types.isWeakMap(value) || types.isWeakSet(value) || value instanceof WeakRef) return `a ${tagOf(value)}`;
  if (types.isGeneratorObject(value)) return 'a generator object';
  if (types.isSymbolObject(value)) return 'a boxed symbol';
  const tag = tagOf(value);
  if (platformTags.has(tag) || / Iterator$|^Intl\.|^WebAssembly\./.test(tag))
    return /^[AEIOU]/i.test(tag) ? `an ${tag}` : `a ${tag}`;
  return undefined;
}

function tagOf(value: object): string {
  try {
    return String((value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] ?? '');
  } catch {
    return ''; // a getter of the value's own: then it is none of the classes that are looked for
  }
}
