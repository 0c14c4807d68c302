import { isDeepStrictEqual, types } from 'node:util';

const DEPTH_MAX = 200; // deeper values take the graph's way, which does not recurse
/** More bytes travel beside the message, not inside it. */
export const INLINE_BYTES_MAX = 32 * 1024;
const LISTED_LENGTH_MAX = 1000; // listing the keys of a longer array costs five times as much as comparing it

const viewPrototypes: ReadonlySet<object> = new Set(
  [
    Buffer,
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    BigInt64Array,
    BigUint64Array,
    Float32Array,
    Float64Array,
  ].map((View) => View.prototype),
);

/**
 * Whether msgpack carries this value as it is: a tree (nothing shared, no cycle) of ordinary objects, dense
 * arrays, primitives and few bytes. Most calls are that, and need no more than this look.
 */
export function isPlain(value: unknown): boolean {
  return typeof value === 'object' && value !== null ? isPlainTree(value, new Set(), 0) : isPlainPrimitive(value);
}

function isPlainPrimitive(value: unknown): boolean {
  switch (typeof value) {
    case 'number':
      return !Object.is(value, -0);
    case 'string':
      return value.isWellFormed();
    case 'boolean':
    case 'undefined':
      return true;
    default:
      return value === null;
  }
}

function isPlainTree(value: object, seen: Set<object>, depth: number): boolean {
  if (depth > DEPTH_MAX || seen.has(value) || types.isProxy(value)) return false;
  seen.add(value);
  if (Array.isArray(value)) return isPlainArray(value, seen, depth);
  return ArrayBuffer.isView(value) ? isPlainView(value, seen) : isPlainRecord(value, seen, depth);
}

/** Two views of one buffer share it, but for Buffers that were cut from a pool. */
function isPlainView(view: ArrayBufferView, seen: Set<object>): boolean {
  const { buffer, byteLength } = view;
  if (byteLength === 0 || byteLength > INLINE_BYTES_MAX || !viewPrototypes.has(Object.getPrototypeOf(view)))
    return false;
  if (Buffer.isBuffer(view) && byteLength < buffer.byteLength) return !types.isSharedArrayBuffer(buffer);
  if (seen.has(buffer) || types.isSharedArrayBuffer(buffer) || buffer.resizable) return false;
  seen.add(buffer);
  return true;
}

function isPlainArray(items: readonly unknown[], seen: Set<object>, depth: number): boolean {
  if (Object.getPrototypeOf(items) !== Array.prototype) return false;
  const { length } = items;
  for (let i = 0; i < length; i++) {
    const item = items[i];
    if (item === undefined && !(i in items)) return false;
    if (typeof item === 'object' && item !== null ? !isPlainTree(item, seen, depth + 1) : !isPlainPrimitive(item)) {
      return false;
    }
  }
  if (length <= LISTED_LENGTH_MAX) return Object.keys(items).length === length;
  return isDeepStrictEqual(items, items.slice()); // a slice has the same elements and none of the extra properties
}

function isPlainRecord(value: object, seen: Set<object>, depth: number): boolean {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const key in value) {
    if (!isPlainKey(key) || !Object.hasOwn(value, key)) return false;
    const item = (value as Record<string, unknown>)[key];
    if (typeof item === 'object' && item !== null ? !isPlainTree(item, seen, depth + 1) : !isPlainPrimitive(item)) {
      return false;
    }
  }
  return true;
}

/** msgpackr looks at `constructor` to tell classes apart, and renames `__proto__`. */
export function isPlainKey(key: string): boolean {
  return key !== 'constructor' && key !== '__proto__' && key !== 'toJSON' && key.isWellFormed();
}
