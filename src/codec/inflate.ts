import { errorShell, setProperty } from './errors.js';
import type { Child, Graph, Node, TaggedNode } from './graph.js';
import { typeNamed } from './registry.js';

type ViewConstructor = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => ArrayBufferView;

/**
 * Makes the value out of its graph. A container exists, empty, before what it holds, which closes cycles; filling goes
 * bottom up and without recursion, so that what a registered class unpacks is complete.
 */
export function inflate(graph: Graph, attachments: readonly unknown[]): unknown {
  const values: unknown[] = [];
  const isMade: boolean[] = [];
  const valueAt = (child: Child): unknown => {
    if (!isReference(child)) return child;
    if (values[child[0]] === undefined && !isMade[child[0]]) {
      throw new TypeError('a value of a registered class contains itself, which registerType() cannot rebuild.');
    }
    return values[child[0]];
  };
  const nodes = graph.map((node) => ({ node, isEntered: false }));
  const stack = [0];
  for (let n = stack.at(-1); n !== undefined; n = stack.at(-1)) {
    const entry = nodes[n];
    if (!entry) throw new TypeError(`a graph refers to node ${n}, which it does not have.`);
    if (!entry.isEntered) {
      entry.isEntered = true;
      values[n] = emptyContainer(entry.node);
      for (const child of childrenOf(entry.node)) if (!nodes[child]?.isEntered) stack.push(child);
    } else {
      stack.pop();
      if (isMade[n]) continue; // pushed by two parents
      values[n] = made(entry.node, values[n], valueAt, attachments);
      isMade[n] = true;
    }
  }
  return (values[0] as unknown[])[0]; // node 0 is an array that holds the root
}

function isReference(child: unknown): child is readonly [number] {
  return Array.isArray(child) && typeof child[0] === 'number';
}

function isTagged(node: Node): node is TaggedNode {
  return Array.isArray(node);
}

function childrenOf(node: Node): number[] {
  const parts: readonly unknown[] = isTagged(node) ? node : Object.values(node);
  return parts.filter(isReference).map(([n]) => n);
}

function emptyContainer(node: Node): unknown {
  if (!isTagged(node)) return {};
  switch (node[0]) {
    case 'array':
    case 'sparse':
      return [];
    case 'object':
      return {};
    case 'map':
      return new Map();
    case 'set':
      return new Set();
    case 'error':
      return errorShell(node[1]);
    case 'domexception':
      return new DOMException(node[1], node[2]);
    default:
      return undefined; // made at once when its turn comes
  }
}

function made(
  node: Node,
  shell: unknown,
  valueAt: (child: Child) => unknown,
  attachments: readonly unknown[],
): unknown {
  if (!isTagged(node)) {
    const record = shell as Record<string, unknown>;
    for (const key of Object.keys(node)) record[key] = valueAt(node[key]);
    return record;
  }
  switch (node[0]) {
    case 'array':
      for (let i = 1; i < node.length; i++) (shell as unknown[]).push(valueAt(node[i] as Child));
      return shell;
    case 'sparse':
      (shell as unknown[]).length = node[1];
      return assigned(shell as object, node.slice(2) as Child[], valueAt);
    case 'object':
      return assigned(shell as object, node.slice(1), valueAt);
    case 'map':
      for (let i = 1; i < node.length; i += 2)
        (shell as Map<unknown, unknown>).set(valueAt(node[i]), valueAt(node[i + 1]));
      return shell;
    case 'set':
      for (let i = 1; i < node.length; i++) (shell as Set<unknown>).add(valueAt(node[i]));
      return shell;
    case 'error':
      return withProperties(shell as Error, node.slice(2) as Child[], valueAt);
    case 'domexception':
      return withProperties(shell as Error, node.slice(3), valueAt);
    default:
      return leaf(node, valueAt, attachments);
  }
}

function leaf(
  node: Exclude<
    TaggedNode,
    readonly ['array' | 'sparse' | 'object' | 'map' | 'set' | 'error' | 'domexception', ...unknown[]]
  >,
  valueAt: (child: Child) => unknown,
  attachments: readonly unknown[],
): unknown {
  switch (node[0]) {
    case '-0':
      return -0;
    case 'bigint':
      return BigInt(node[1]);
    case 'utf16':
      return Buffer.from(node[1]).toString('utf16le');
    case 'date':
      return new Date(node[1] ?? Number.NaN);
    case 'regexp':
      return Object.assign(new RegExp(String(valueAt(node[1])), node[2]), { lastIndex: node[3] });
    case 'is':
      return valueAt(node[1]);
    case 'boxed':
      return Object(valueAt(node[1]));
    case 'bytes':
      return bufferOf(node[1], node[2]);
    case 'attached':
      return node[2] === undefined
        ? attachments[node[1]]
        : bufferOf(new Uint8Array(attachments[node[1]] as ArrayBuffer), node[2]);
    case 'view':
      return viewOf(node[1], valueAt(node[2]) as ArrayBuffer, node[3], node[4]);
    case 'registered':
      return registered(node[1], valueAt(node[2]));
    default:
      node satisfies never;
      throw new TypeError(`unknown node ${String(node[0])}`);
  }
}

function assigned(into: object, pairs: readonly Child[], valueAt: (child: Child) => unknown): object {
  for (let i = 0; i < pairs.length; i += 2) {
    const value = valueAt(pairs[i + 1]);
    Object.defineProperty(into, String(valueAt(pairs[i])), {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return into;
}

/** The bytes are the receiver's own, but for a buffer that was resizable. */
function bufferOf(bytes: Uint8Array, byteLengthMax: number | undefined): ArrayBufferLike {
  if (byteLengthMax === undefined) return bytes.buffer;
  const buffer = new ArrayBuffer(bytes.byteLength, { maxByteLength: byteLengthMax });
  new Uint8Array(buffer).set(bytes);
  return buffer;
}

function viewOf(type: string, buffer: ArrayBuffer, byteOffset: number, length: number): ArrayBufferView {
  if (type === 'Buffer') return Buffer.from(buffer, byteOffset, length);
  const View = (globalThis as unknown as Record<string, ViewConstructor | undefined>)[type] ?? Uint8Array;
  return new View(buffer, byteOffset, length);
}

function withProperties(error: Error, properties: readonly Child[], valueAt: (child: Child) => unknown): Error {
  for (let i = 0; i < properties.length; i += 3) {
    setProperty(error, String(valueAt(properties[i])), valueAt(properties[i + 1]), properties[i + 2] === true);
  }
  return error;
}

function registered(name: string, packed: unknown): unknown {
  const type = typeNamed(name);
  if (type) return type.unpack(packed);
  throw new TypeError(
    `a value of class "${name}" arrived, but nobody called registerType() for it here. Call it in a module that both sides import.`,
  );
}
