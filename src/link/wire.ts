import { CHUNK_BYTES_MAX, FrameKind, HEADER_BYTES, MAY_BE_IGNORED } from '../protocol/link.js';

const SEQUENCE_MASK = 0xffffffff;
const kinds = new Map<number, keyof typeof FrameKind>(
  Object.entries(FrameKind).map(([name, code]) => [code, name as keyof typeof FrameKind]),
);

/** The most bytes that a frame's payload may have, so that nobody can make the other side hold more. */
const BYTES_MAX: Readonly<Record<keyof typeof FrameKind, number>> = {
  hello: 4 * 1024,
  message: 1024 * 1024,
  data: CHUNK_BYTES_MAX,
  end: 0,
  credit: 4,
  ping: 0,
  resume: 4 * 1024,
  blob: CHUNK_BYTES_MAX,
};

export interface FrameHead {
  readonly kind: keyof typeof FrameKind;
  readonly lane: number;
}

/** The other side does not keep to the protocol: nothing that follows can be trusted. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

export interface WireListener {
  /** A whole frame, but for data. */
  onFrame(head: FrameHead, payload: Buffer): void;
  /** Data comes in the pieces in which it arrives. */
  onData(lane: number, piece: Buffer): void;
}

export class WireWriter {
  #sequence = 0;

  /** `acknowledged`: the number of the last frame that came from the other side. */
  header(head: FrameHead, length: number, acknowledged: number): Buffer {
    const header = Buffer.allocUnsafe(HEADER_BYTES);
    this.#sequence = (this.#sequence + 1) & SEQUENCE_MASK;
    header.writeUInt8(FrameKind[head.kind], 0);
    header.writeUInt8(0, 1);
    header.writeUInt16BE(head.lane, 2);
    header.writeUInt32BE(length, 4);
    header.writeUInt32BE(this.#sequence >>> 0, 8);
    header.writeUInt32BE(acknowledged >>> 0, 12);
    return header;
  }
}

/** Takes a byte stream apart into frames. Before the hello, nothing else is accepted. */
export class WireReader {
  readonly #listener: WireListener;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  #head: FrameHead | undefined;
  #isIgnored = false;
  #left = 0;
  #payload: Buffer | undefined;
  #sequence = 0;
  #isGreeted = false;

  constructor(listener: WireListener) {
    this.#listener = listener;
  }

  /** The number of the last frame that began. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Throws `WireError`; then nothing more can be read. */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      at +=
        this.#head || this.#isIgnored ? this.#takePayload(chunk.subarray(at)) : this.#takeHeader(chunk.subarray(at));
    }
  }

  #takeHeader(chunk: Buffer): number {
    const taken = chunk.copy(this.#header, this.#headerBytes);
    this.#headerBytes += taken;
    if (this.#headerBytes < HEADER_BYTES) return taken;
    this.#headerBytes = 0;
    this.#begin(this.#header);
    return taken;
  }

  #begin(header: Buffer): void {
    const kind = kinds.get(header.readUInt8(0));
    const length = header.readUInt32BE(4);
    this.#isIgnored = !kind && (header.readUInt8(1) & MAY_BE_IGNORED) !== 0;
    if (!kind && !this.#isIgnored) throw new WireError(`there is no frame of kind ${header.readUInt8(0)}`);
    if (!this.#isGreeted && kind !== 'hello') throw new WireError('the first frame is not a hello');
    if (this.#isGreeted && kind === 'hello') throw new WireError('a second hello');
    const lengthMax = kind ? BYTES_MAX[kind] : CHUNK_BYTES_MAX;
    if (length > lengthMax) throw new WireError(`a frame of kind ${kind} cannot have ${length} bytes`);
    const expected = (this.#sequence + 1) >>> 0;
    if (header.readUInt32BE(8) !== expected) throw new WireError('a frame is out of sequence');
    this.#sequence = expected;
    this.#isGreeted = true;
    this.#left = length;
    this.#head = kind && { kind, lane: header.readUInt16BE(2) };
    if (length === 0) this.#finish(Buffer.alloc(0));
  }

  #takePayload(chunk: Buffer): number {
    const piece = chunk.subarray(0, this.#left);
    const head = this.#head;
    this.#left -= piece.length;
    if (head?.kind === 'data') {
      this.#listener.onData(head.lane, piece);
      if (this.#left === 0) this.#head = undefined;
    } else if (!head) {
      this.#isIgnored = this.#left > 0;
    } else if (!this.#payload && this.#left === 0) {
      this.#finish(piece);
    } else {
      this.#collect(piece);
    }
    return piece.length;
  }

  #collect(piece: Buffer): void {
    this.#payload = this.#payload ? Buffer.concat([this.#payload, piece]) : Buffer.from(piece);
    if (this.#left > 0) return;
    const payload = this.#payload;
    this.#payload = undefined;
    this.#finish(payload);
  }

  #finish(payload: Buffer): void {
    const head = this.#head;
    this.#head = undefined;
    this.#isIgnored = false;
    if (head) this.#listener.onFrame(head, payload);
  }
}
