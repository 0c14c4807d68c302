import { types } from 'node:util';
import { MessagePort } from 'node:worker_threads';
import type { Flattener } from './flatten.js';
import type { AttachmentSink, Node } from './graph.js';

/** From here on bytes travel beside the message, not inside it. */
const ATTACH_BYTES_MIN = 32 * 1024;

/**
 * A view of a whole buffer keeps its buffer, so that two views of one buffer still share it over there.
 * A view of a part takes only its part along: a small Buffer is a slice of a pool that is none of the receiver's business.
 */
export function viewNode(view: ArrayBufferView, n: number, flattener: Flattener): Node {
  const { buffer, byteOffset, byteLength } = view;
  const type = Buffer.isBuffer(view) ? 'Buffer' : view.constructor.name;
  const length = 'length' in view ? (view.length as number) : byteLength; // a DataView counts in bytes
  if (byteLength === buffer.byteLength || types.isSharedArrayBuffer(buffer) || flattener.sink.transfer.has(buffer)) {
    return ['view', type, flattener.child(buffer, n, '.buffer'), byteOffset, length];
  }
  const part = new Uint8Array(buffer, byteOffset, byteLength);
  return ['view', type, flattener.add(bytesNode(part, flattener.sink)), 0, length];
}

export function bufferNode(buffer: ArrayBuffer | SharedArrayBuffer, n: number, flattener: Flattener): Node {
  const { sink } = flattener;
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
  if (flattener.sink.shares) return ['attached', flattener.sink.add(value)];
  return flattener.refuseNode(`a ${value.constructor.name} (only threads take one)`, n);
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

/** Always a copy: the sender may change its buffer as soon as it has handed it over. */
function bytesNode(bytes: Uint8Array, sink: AttachmentSink, byteLengthMax?: number): Node {
  const copy = new Uint8Array(bytes);
  if (bytes.byteLength < ATTACH_BYTES_MIN) return ['bytes', copy, byteLengthMax];
  return ['attached', sink.add(copy.buffer), byteLengthMax];
}
