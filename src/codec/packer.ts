import { Packr } from 'msgpackr/pack';
import { Unpackr } from 'msgpackr/unpack';

const settings = { moreTypes: true, sequential: true } as const; // copied for each: msgpackr writes into its options

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
    this.#unpackr.unpackMultiple(bytes as Buffer, receive);
  }
}
