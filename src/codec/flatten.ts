import { types } from 'node:util';
import { UnsendableError } from '../base/errors.js';
import { describeAlive } from './alive.js';
import { bufferNode, describeParts, platformNode, viewNode } from './binary.js';
import { errorNode, isError } from './errors.js';
import type { AttachmentSink, Child, Flattener, Graph, Node } from './graph.js';
import { isPlainKey } from './plain.js';
import { type RegisteredType, typeOf } from './registry.js';
import { stepTo } from './step-to.js';

const LENIENT_DEPTH_MAX = 4; // what hangs on an error can be half of an application

/** Where a value was met. What belongs to an error is taken leniently: the error has to arrive in any case. */
interface Origin {
  readonly value: object;
  readonly parent: number;
  readonly step: string;
  readonly lenientDepth: number;
}

/** Makes a value into a graph. Goes breadth first, so that depth costs no stack. */
export function flatten(value: unknown, rootName: string, sink: AttachmentSink): Graph {
  return new GraphMaker(rootName, sink).run(value);
}

class GraphMaker implements Flattener {
  readonly #nodes: Node[] = [];
  readonly #origins: Origin[] = [];
  readonly #numbers = new Map<object, number>();
  readonly #rootName: string;
  readonly sink: AttachmentSink;
  readonly parts = new Map<ArrayBuffer, Map<number, ArrayBufferView>>();

  constructor(rootName: string, sink: AttachmentSink) {
    this.#rootName = rootName;
    this.sink = sink;
  }

  run(root: unknown): Graph {
    this.#nodes.push(['array']); // node 0 holds the root, which may be a primitive
    this.#origins.push({ value: [root], parent: -1, step: '', lenientDepth: 0 });
    this.#nodes[0] = ['array', this.child(root, 0, '')];
    this.#describeFrom(1);
    const described = this.#origins.length;
    for (const [n, node] of describeParts(this)) this.#nodes[n] = node;
    this.#describeFrom(described);
    return this.#nodes;
  }

  isKnown(value: object): boolean {
    return this.#numbers.has(value);
  }

  child(value: unknown, parent: number, step: string): Child {
    switch (typeof value) {
      case 'boolean':
      case 'undefined':
        return value;
      case 'number':
        return Object.is(value, -0) ? this.add(['-0']) : value;
      case 'string':
        return value.isWellFormed() ? value : this.add(['utf16', new Uint8Array(Buffer.from(value, 'utf16le'))]);
      case 'bigint':
        return this.add(['bigint', value.toString()]);
      case 'symbol':
      case 'function':
        return this.refuse(describeOdd(value), parent, step);
      default:
        return value ? this.#reference(value, parent, step) : null;
    }
  }

  /** Lenient places get a description instead. */
  refuse(what: string, parent: number, step: string): Child {
    if (this.#lenientDepth(parent) > 0) return `[${what}]`;
    const path = this.#pathOf(parent) + step;
    throw new UnsendableError(
      `${path} is ${what}, which cannot be sent to another worker. Leave it out, send what it is made from, or teach the codec its class with registerType().`,
      { path },
    );
  }

  read(from: object, key: string, parent: number, step: string): unknown {
    try {
      return (from as Record<string, unknown>)[key];
    } catch (cause) {
      if (this.#lenientDepth(parent) > 0) return `[could not be read: ${String(cause)}]`;
      const path = this.#pathOf(parent) + step;
      throw new UnsendableError(`${path} could not be read: its getter threw ${String(cause)}.`, { path, cause });
    }
  }

  refuseNode(what: string, n: number): Node {
    const origin = this.#origins[n];
    return ['is', this.refuse(what, origin?.parent ?? 0, origin?.step ?? '')];
  }

  add(node: Node): Child {
    this.#nodes[this.#origins.length] = node;
    return [this.#origins.push({ value: [], parent: -1, step: '', lenientDepth: 0 }) - 1];
  }

  #reference(value: object, parent: number, step: string): Child {
    const known = this.#numbers.get(value);
    if (known !== undefined) return [known];
    if (types.isProxy(value)) return this.refuse('a Proxy', parent, step);
    const lenientDepth = this.#lenientDepth(parent);
    const ofError = isError(value);
    if (lenientDepth > LENIENT_DEPTH_MAX && isInstance(value) && !ofError) return `[${value.constructor?.name}]`;
    const number = this.#origins.push({
      value,
      parent,
      step,
      lenientDepth: lenientDepth > 0 || ofError ? lenientDepth + 1 : 0,
    });
    this.#numbers.set(value, number - 1);
    return [number - 1];
  }

  #describe(value: object, n: number): Node {
    const registered = typeOf(value);
    if (registered && (registered.hasPack || !isError(value))) return this.#registeredNode(registered, value, n);
    if (Array.isArray(value)) return this.#arrayNode(value, n);
    if (isError(value)) return errorNode(value, n, this);
    if (types.isMap(value)) return ['map', ...this.#entries(value, n)];
    if (types.isSet(value)) return ['set', ...[...value].map((item, i) => this.child(item, n, `<item ${i}>`))];
    if (types.isDate(value)) return ['date', Number.isNaN(value.getTime()) ? undefined : value.getTime()];
    if (types.isRegExp(value)) return ['regexp', this.child(value.source, n, ''), value.flags, value.lastIndex];
    if (types.isBoxedPrimitive(value) && !types.isSymbolObject(value)) {
      return ['boxed', this.child(value.valueOf(), n, '')];
    }
    if (ArrayBuffer.isView(value)) return viewNode(value, n, this);
    if (types.isAnyArrayBuffer(value)) return bufferNode(value, n, this);
    const platform = platformNode(value, n, this);
    if (platform) return platform;
    const alive = describeAlive(value);
    return alive ? this.refuseNode(alive, n) : this.#recordNode(value, n);
  }

  #registeredNode(type: RegisteredType, value: object, n: number): Node {
    try {
      return ['registered', type.name, this.child(type.pack(value), n, '')];
    } catch (cause) {
      if (this.#lenientDepth(n) > 0) return ['is', `[${type.name}]`];
      if (cause instanceof UnsendableError) throw cause;
      const path = this.#pathOf(n);
      throw new UnsendableError(`${path} could not be packed: pack() of "${type.name}" threw ${String(cause)}.`, {
        path,
        cause,
      });
    }
  }

  #arrayNode(items: readonly unknown[], n: number): Node {
    const keys = Object.keys(items);
    const isDense = keys.length === items.length && (items.length === 0 || keys.at(-1) === String(items.length - 1));
    if (isDense) return ['array', ...items.map((item, i) => this.child(item, n, `[${i}]`))];
    return ['sparse', items.length, ...this.#pairs(items, keys, n)];
  }

  #entries(map: ReadonlyMap<unknown, unknown>, n: number): Child[] {
    return [...map].flatMap(([key, item]) => {
      const name = typeof key === 'string' ? JSON.stringify(key) : String(typeof key === 'object' ? '…' : key);
      return [this.child(key, n, `<key ${name}>`), this.child(item, n, `.get(${name})`)];
    });
  }

  #recordNode(value: object, n: number): Node {
    const keys = Object.keys(value);
    if (!keys.every(isPlainKey)) return ['object', ...this.#pairs(value, keys, n)];
    const node: Record<string, Child> = {};
    for (const key of keys) node[key] = this.child(this.read(value, key, n, stepTo(key)), n, stepTo(key));
    return node;
  }

  #pairs(value: object, keys: readonly string[], n: number): Child[] {
    return keys.flatMap((key) => [
      this.child(key, n, `<key ${JSON.stringify(key)}>`),
      this.child(this.read(value, key, n, stepTo(key)), n, stepTo(key)),
    ]);
  }

  #describeFrom(first: number): void {
    for (let n = first; n < this.#origins.length; n++) {
      const origin = this.#origins[n];
      if (origin) this.#nodes[n] ??= this.#describe(origin.value, n);
    }
  }

  #lenientDepth(n: number): number {
    return this.#origins[n]?.lenientDepth ?? 0;
  }

  #pathOf(n: number): string {
    let path = '';
    for (let at = this.#origins[n]; at && at.parent >= 0; at = this.#origins[at.parent]) path = at.step + path;
    return this.#rootName + path;
  }
}

function describeOdd(value: symbol | { name: string }): string {
  if (typeof value === 'symbol') return `the symbol ${String(value)}`;
  return value.name ? `the function "${value.name}"` : 'a function';
}

function isInstance(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype !== null && prototype !== Object.prototype && prototype !== Array.prototype;
}
