import assert from 'node:assert/strict';
import { types } from 'node:util';

/** Whether two values are equal throughout, and what is one object here is one object there. */
export function assertSameGraph(actual: unknown, expected: unknown): void {
  new Comparison().compare(actual, expected, 'value');
}

class Comparison {
  readonly #twins = new Map<object, object>();
  readonly #taken = new Set<object>();

  compare(actual: unknown, expected: unknown, path: string): void {
    if (typeof expected !== 'object' || expected === null) {
      assert.ok(Object.is(actual, expected), `${path}: ${String(actual)} is not ${String(expected)}`);
      return;
    }
    assert.ok(typeof actual === 'object' && actual !== null, `${path} is no object`);
    if (this.#twins.has(expected)) return assert.equal(this.#twins.get(expected), actual, `${path} is another object`);
    assert.ok(!this.#taken.has(actual), `${path} was several objects and is one`);
    this.#twins.set(expected, actual);
    this.#taken.add(actual);
    assert.equal(Object.getPrototypeOf(actual), Object.getPrototypeOf(expected), `${path} is of another class`);
    this.#compareInside(actual, expected, path);
    if (!ArrayBuffer.isView(expected) && !types.isNativeError(expected))
      this.#compareProperties(actual, expected, path);
  }

  #compareInside(actual: object, expected: object, path: string): void {
    if (types.isMap(expected))
      return this.compareLists([...(actual as Map<unknown, unknown>)].flat(), [...expected].flat(), path);
    if (types.isSet(expected)) return this.compareLists([...(actual as Set<unknown>)], [...expected], path);
    if (types.isDate(expected)) return assert.ok(Object.is((actual as Date).getTime(), expected.getTime()), path);
    if (types.isRegExp(expected)) return assert.equal(String(actual), String(expected), path);
    if (types.isBoxedPrimitive(expected))
      return assert.ok(Object.is((actual as { valueOf(): unknown }).valueOf(), expected.valueOf()), path);
    if (types.isNativeError(expected))
      return assert.deepEqual(
        [(actual as Error).message, (actual as Error).stack],
        [expected.message, expected.stack],
        path,
      );
    if (types.isArrayBuffer(expected)) return this.#compareBuffers(actual as ArrayBuffer, expected, path);
    if (ArrayBuffer.isView(expected)) this.#compareViews(actual as ArrayBufferView, expected, path);
  }

  compareLists(actual: readonly unknown[], expected: readonly unknown[], path: string): void {
    assert.equal(actual.length, expected.length, `${path}: length`);
    for (const [i, item] of expected.entries()) this.compare(actual[i], item, `${path}<${i}>`);
  }

  #compareProperties(actual: object, expected: object, path: string): void {
    if (Array.isArray(expected)) assert.equal((actual as unknown[]).length, expected.length, `${path}.length`);
    assert.deepEqual(Object.keys(actual), Object.keys(expected), `${path}: keys`);
    for (const key of Object.keys(expected)) {
      if (types.isBoxedPrimitive(expected)) continue; // the characters of a string
      this.compare(propertyOf(actual, key), propertyOf(expected, key), `${path}[${JSON.stringify(key)}]`);
    }
  }

  #compareBuffers(actual: ArrayBuffer, expected: ArrayBuffer, path: string): void {
    assert.deepEqual([actual.resizable, actual.maxByteLength], [expected.resizable, expected.maxByteLength], path);
    assert.ok(Buffer.from(actual).equals(Buffer.from(expected)), `${path}: bytes`);
  }

  /** What of a buffer no view shows need not travel; which views share one must be the same. */
  #compareViews(actual: ArrayBufferView, expected: ArrayBufferView, path: string): void {
    assert.ok(bytesOf(actual).equals(bytesOf(expected)), `${path}: bytes`);
    const twin = this.#twins.get(expected.buffer);
    if (twin) return assert.equal(actual.buffer, twin, `${path}: its buffer`);
    assert.ok(!this.#taken.has(actual.buffer), `${path} shares a buffer that it did not`);
    this.#twins.set(expected.buffer, actual.buffer);
    this.#taken.add(actual.buffer);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

function propertyOf(object: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}
