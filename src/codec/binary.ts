import { types } from 'node:util';
import { MessagePort } from 'node:worker_threads';
import type { AttachmentSink, Child, Flattener, Node } from './graph.js';
import { INLINE_BYTES_MAX } from './plain.js';

const tagOfTypedArray = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)?.get;
const ALIGNMENT_BYTES = 8; // a view of eight-byte numbers has to begin at a multiple

/**
 * A view of a whole buffer keeps its buffer, so that two views of one buffer still share it over there.
 * A view of a part takes only its part along, and what other views of the same value share with it. A small Buffer
 * shares nothing: it is a slice of a pool that is none of the receiver's business.
 */
export function viewNode(view: ArrayBufferView, n: number, flattener: Flattener): Node {
  const { buffer, byteOffset, byteLength } = view;
  const isWhole =
    byteLength === buffer.byteLength || types.isSharedArrayBuffer(buffer) || flattener.sink.transfer.has(buffer);
  if (isWhole) return nodeOf(view, flattener.child(buffer, n, '.buffer'), byteOffset);
  if (Buffer.isBuffer(view))
    return nodeOf(view, flattener.add(bytesNode(new Uint8Array(buffer, byteOffset, byteLength), flattener.sink)), 0);
  flattener.parts.set(buffer as ArrayBuffer, (flattener.parts.get(buffer as ArrayBuffer) ?? new Map()).set(n, view)); // shared ones went above
  return ['is', null]; // until all parts are known
}

/** The nodes of the views that show a part of a buffer, now that all of the value is known. */
export function* describeParts(flattener: Flattener): Generator<[n: number, node: Node]> {
  for (const [buffer, views] of flattener.parts) {
    const starts = [...views.values()].map((view) => view.byteOffset);
    const ends = [...views.values()].map((view) => view.byteOffset + view.byteLength);
    const isKnown = flattener.isKnown(buffer);
    const start = isKnown ? 0 : Math.min(...starts) - (Math.min(...starts) % ALIGNMENT_BYTES);
    const shared = isKnown
      ? flattener.child(buffer, 0, '')
      : flattener.add(bytesNode(new Uint8Array(buffer, start, Math.max(...ends) - start), flattener.sink));
    for (const [n, view] of views) yield [n, nodeOf(view, shared, view.byteOffset - start)];
  }
}

export function bufferNode(buffer: ArrayBuffer | SharedArrayBuffer, n: number, flattener: Flattener): Node {
  const { sink } = flattener;
  if (isDetached(buffer)) return flattener.refuseNode('a detached ArrayBuffer', n);
  if (types.isSharedArrayBuffer(buffer)) {
    if (sink.shares) return ['attached', sink.add(buffer)];
    return flattener.refuseNode('a SharedArrayBuffer (only threads share memory)', n);
  }
  if (sink.shares && sink.transfer.has(buffer)) return ['attached', sink.add(buffer)];
  return bytesNode(new Uint8Array(buffer), sink, buffer.resizable ? buffer.maxByteLength : undefined);
}

/** What the engine itself can hand to another thread, but nobody can write down as bytes. */
export function platformNode(value: object, n: number, flattener: Flattener): Node | undefined {
  if (!isPlatformObject(value)) return undefined;
  const { sink } = flattener;
  if (!sink.shares) return flattener.refuseNode(`a ${value.constructor.name} (only threads take one)`, n);
  if (value instanceof MessagePort && !sink.transfer.has(value)) {
    return flattener.refuseNode('a MessagePort that is not in the option "transfer"', n);
  }
  return ['attached', sink.add(value)];
}

function isPlatformObject(value: object): boolean {
  return (
    types.isExternal(value) ||
    types.isCryptoKey(value) ||
    types.isKeyObject(value) ||
    value instanceof MessagePort ||
    value instanceof Blob ||
    Object.prototype.toString.call(value) === '[object WebAssembly.Module]'
  );
}

function nodeOf(view: ArrayBufferView, buffer: Child, byteOffset: number): Node {
  const length = 'length' in view ? (view.length as number) : view.byteLength; // a DataView counts in bytes
  return ['view', typeNameOf(view), buffer, byteOffset, length];
}

/** A class of the caller's own counts as the built-in one that it extends. */
function typeNameOf(view: ArrayBufferView): string {
  if (Buffer.isBuffer(view)) return 'Buffer';
  return types.isDataView(view) ? 'DataView' : String(tagOfTypedArray?.call(view));
}

function isDetached(buffer: ArrayBuffer | SharedArrayBuffer): boolean {
  if (buffer.byteLength > 0) return false;
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true; // that is how it shows before Node 21
  }
}

/** What is attached is a copy, where the sender may change its buffer before it has left. */
function bytesNode(bytes: Uint8Array, sink: AttachmentSink, byteLengthMax?: number): Node {
  if (bytes.byteLength <= INLINE_BYTES_MAX) return ['bytes', bytes, byteLengthMax];
  return ['attached', sink.add(sink.leavesAtOnce ? bytes : new Uint8Array(bytes).buffer), byteLengthMax];
}
