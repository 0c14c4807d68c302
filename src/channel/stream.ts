import type { Readable, Writable } from 'node:stream';
import { Deferred } from '../base/deferred.js';
import type { Carrier, Frame } from './carrier.js';
import { FrameReader, headerOf } from './framing.js';

const JOIN_BYTES_MAX = 16 * 1024; // below it, a copy costs less than a list of parts to write

/** Frames over anything that carries bytes both ways: a pipe, a socket, an ssh channel. */
export class StreamCarrier implements Carrier {
  readonly shares = false;
  readonly leavesAtOnce: boolean;
  readonly #from: Readable;
  readonly #to: Writable;
  readonly #ended = new Deferred<void>();

  /** `from` and `to` may be one stream. `isBlocking`: whoever writes to it waits until everything is written. */
  constructor(from: Readable, to: Writable, options: { isBlocking?: boolean } = {}) {
    this.leavesAtOnce = options.isBlocking ?? false;
    this.#from = from;
    this.#to = to;
    from.once('close', () => this.#ended.resolve());
    for (const stream of [from, to]) stream.on('error', () => stream.destroy()); // the other side is gone; `close` says so
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  post(frame: Frame): void {
    if (!this.#to.writable) return;
    const header = headerOf(frame);
    if (frame.attachments.length === 0 && frame.bytes.byteLength <= JOIN_BYTES_MAX) {
      this.#to.write(Buffer.concat([header, frame.bytes]));
      return;
    }
    this.#to.cork();
    this.#to.write(header);
    this.#to.write(frame.bytes);
    for (const buffer of frame.attachments) this.#to.write(bytesOf(buffer as Uint8Array | ArrayBuffer));
    this.#to.uncork();
  }

  listen(receive: (frame: Frame) => void): void {
    const reader = new FrameReader();
    this.#from.on('data', (chunk: Buffer) => {
      for (const frame of this.#read(reader, chunk)) receive(frame);
    });
  }

  end(): void {
    this.#to.end();
  }

  destroy(): void {
    this.#from.destroy();
    this.#to.destroy();
  }

  /** Bytes that are no frames end the stream: somebody else writes to it, and nothing that follows can be trusted. */
  #read(reader: FrameReader, chunk: Buffer): readonly Frame[] {
    try {
      return reader.push(chunk);
    } catch {
      this.destroy();
      return [];
    }
  }
}

function bytesOf(attachment: Uint8Array | ArrayBuffer): Uint8Array {
  return attachment instanceof Uint8Array ? attachment : new Uint8Array(attachment);
}
