import { Packr } from 'msgpackr/pack';
import { Unpackr } from 'msgpackr/unpack';

/** Copied for each: msgpackr writes into its options. Bytes are copied out of what was received: they are the receiver's own. */
const settings = { moreTypes: true, sequential: true, copyBuffers: true } as const;

/** Plain data to bytes. One per direction of one channel: later messages refer to record shapes of earlier ones. */
export class Packer {
  readonly #packr = new Packr({ ...settings });

  /** The bytes may lie in a buffer that serves several messages; they are the caller's to read, not to write. */
  pack(plain: unknown): Uint8Array {
    return this.#packr.pack(plain);
  }
}

export class Unpacker {
  readonly #unpackr = new Unpackr({ ...settings, structures: [] });

  unpackEach(bytes: Uint8Array, receive: (plain: unknown) => void): void {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength); // out of a Buffer come Buffers
    this.#unpackr.unpackMultiple(buffer, receive);
  }
}
