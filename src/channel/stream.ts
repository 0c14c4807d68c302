import type { Duplex } from 'node:stream';
import { Deferred } from '../base/deferred.js';
import type { Carrier, Frame } from './carrier.js';
import { FrameReader, headerOf } from './framing.js';

const JOIN_BYTES_MAX = 16 * 1024; // below it, a copy costs less than a list of parts to write

/** Frames over anything that carries bytes both ways: a pipe, a socket, an ssh channel. */
export class StreamCarrier implements Carrier {
  readonly shares = false;
  readonly #stream: Duplex;
  readonly #ended = new Deferred<void>();

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.once('close', () => this.#ended.resolve());
    stream.once('error', () => stream.destroy()); // the other side is gone; `close` follows and says so
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  post(frame: Frame): void {
    if (!this.#stream.writable) return;
    const header = headerOf(frame);
    if (frame.attachments.length === 0 && frame.bytes.byteLength <= JOIN_BYTES_MAX) {
      this.#stream.write(Buffer.concat([header, frame.bytes]));
      return;
    }
    this.#stream.cork();
    this.#stream.write(header);
    this.#stream.write(frame.bytes);
    for (const buffer of frame.attachments) this.#stream.write(new Uint8Array(buffer as ArrayBuffer));
    this.#stream.uncork();
  }

  listen(receive: (frame: Frame) => void): void {
    const reader = new FrameReader();
    this.#stream.on('data', (chunk: Buffer) => {
      for (const frame of this.#read(reader, chunk)) receive(frame);
    });
  }

  end(): void {
    this.#stream.end();
  }

  destroy(): void {
    this.#stream.destroy();
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
