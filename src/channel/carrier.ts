/** Some packed messages, and what does not fit into bytes or is too large for them. */
export interface Frame {
  readonly bytes: Uint8Array;
  readonly attachments: readonly unknown[];
  /** It can be read without those before it: whoever reads the others need not have packed it. */
  readonly isAlone?: boolean;
}

/** Moves frames to the other side, in order and whole, until either side ends. */
export interface Carrier {
  /** Whether attachments may be more than buffers: threads share memory and hand over ports. */
  readonly shares: boolean;
  /** Whether a frame has left when `post` returns, so that its buffers may still be the sender's. */
  readonly leavesAtOnce: boolean;
  /** The attachments in `transfer` are given away; other buffers are fresh and the carrier's to keep, unless frames leave at once. */
  post(frame: Frame, transfer: ReadonlySet<unknown>): void;
  /** Once. What came before is kept until then. */
  listen(receive: (frame: Frame) => void): void;
  /** Hands on a frame that has come and lies where it can be had at once, if there is one; not all carriers can. */
  pull?(): boolean;
  /** Sends what was posted, then ends this side. */
  end(): void;
  /** Ends now; what is on its way may be lost. */
  destroy(): void;
  /** Resolves when nothing will come any more. Never rejects. */
  readonly ended: Promise<void>;
}
