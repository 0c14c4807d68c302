import type { Frame } from './carrier.js';

/*
 * A frame on a byte stream: "PYW1", u32 length of the messages, u32 number of attachments (its first bit: the frame
 * stands alone), a f64 length for each of them, then the messages, then the attachments. Big-endian.
 */
const MAGIC = 0x50_59_57_31;
const ALONE = 0x8000_0000; // of the number of attachments: this frame stands alone
const FIXED_BYTES = 12;
const LENGTH_BYTES = 8;
const BYTES_MAX = 2 ** 31; // more than msgpackr ever packs

export function headerOf({ bytes, attachments, isAlone }: Frame): Buffer {
  const header = Buffer.allocUnsafe(FIXED_BYTES + LENGTH_BYTES * attachments.length);
  header.writeUInt32BE(MAGIC, 0);
  header.writeUInt32BE(bytes.byteLength, 4);
  header.writeUInt32BE((isAlone ? ALONE : 0) + attachments.length, 8);
  attachments.forEach((buffer, i) => {
    header.writeDoubleBE((buffer as ArrayBuffer).byteLength, FIXED_BYTES + i * LENGTH_BYTES);
  });
  return header;
}

/** Puts frames together from chunks of any size. Small parts stay views of the chunk they came in; large ones are filled in place. */
export class FrameReader {
  #complete: Frame[] = [];
  #length = FIXED_BYTES;
  #then: (part: Uint8Array) => void = (part) => this.#readFixed(part);
  #part: Uint8Array | undefined;
  #filled = 0;
  #isAlone = false;

  /** Gives the frames that this chunk completes. Throws where it can be no frame; nothing can be read any more then. */
  push(chunk: Uint8Array): readonly Frame[] {
    let at = 0;
    while (at < chunk.byteLength || this.#length === 0) {
      if (!this.#part && chunk.byteLength - at >= this.#length) {
        at += this.#length;
        this.#then(chunk.subarray(at - this.#length, at));
      } else {
        at += this.#fill(chunk.subarray(at));
      }
    }
    const complete = this.#complete;
    if (complete.length > 0) this.#complete = [];
    return complete;
  }

  #fill(chunk: Uint8Array): number {
    this.#part ??= new Uint8Array(this.#length);
    const part = this.#part;
    const taken = chunk.subarray(0, this.#length - this.#filled);
    part.set(taken, this.#filled);
    this.#filled += taken.byteLength;
    if (this.#filled === this.#length) {
      this.#part = undefined;
      this.#then(part);
    }
    return taken.byteLength;
  }

  #expect(length: number, then: (part: Uint8Array) => void): void {
    if (!Number.isSafeInteger(length) || length < 0)
      throw new RangeError(`a part of a frame cannot be ${length} bytes long`);
    this.#filled = 0;
    this.#length = length;
    this.#then = then;
  }

  #readFixed(fixed: Uint8Array): void {
    const view = new DataView(fixed.buffer, fixed.byteOffset, FIXED_BYTES);
    if (view.getUint32(0) !== MAGIC) throw new TypeError('this is no frame: somebody else writes here');
    const byteLength = view.getUint32(4);
    const count = view.getUint32(8) & ~ALONE;
    this.#isAlone = (view.getUint32(8) & ALONE) !== 0;
    if (byteLength > BYTES_MAX) throw new RangeError(`a frame cannot hold ${byteLength} bytes of messages`);
    if (count === 0) this.#expect(byteLength, (bytes) => this.#finish({ bytes, attachments: [] }));
    else this.#expect(count * LENGTH_BYTES, (lengths) => this.#readLengths(lengths, byteLength));
  }

  #readLengths(part: Uint8Array, byteLength: number): void {
    const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
    const lengths = Array.from({ length: part.byteLength / LENGTH_BYTES }, (_, i) => view.getFloat64(i * LENGTH_BYTES));
    this.#expect(byteLength, (bytes) => this.#readAttachments(bytes, { lengths, attachments: [] }));
  }

  #readAttachments(
    bytes: Uint8Array,
    { lengths, attachments }: { lengths: readonly number[]; attachments: ArrayBufferLike[] },
  ): void {
    const length = lengths[attachments.length];
    if (length === undefined) return this.#finish({ bytes, attachments });
    this.#expect(length, (part) => {
      attachments.push(part.byteLength === part.buffer.byteLength ? part.buffer : new Uint8Array(part).buffer);
      this.#readAttachments(bytes, { lengths, attachments });
    });
  }

  #finish(frame: Frame): void {
    this.#expect(FIXED_BYTES, (part) => this.#readFixed(part));
    this.#complete.push(this.#isAlone ? { ...frame, isAlone: true } : frame);
  }
}
