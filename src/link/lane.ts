import { Duplex } from 'node:stream';
import { CHUNK_BYTES_MAX, WINDOW_BYTES } from '../protocol/link.js';

const GRANT_BYTES_MIN = WINDOW_BYTES / 4;

/** What a lane asks of the link it belongs to. */
export interface LaneCarrier {
  /** Whether the connection takes more data at this moment. If not, `pump` is called once it does. */
  readonly isReady: boolean;
  sendData(lane: number, chunk: Uint8Array): void;
  sendEnd(lane: number): void;
  grant(lane: number, bytes: number): void;
}

/**
 * One of the byte streams of a link. It sends no more than the other side has granted, so that a reader who stands
 * still holds up its own lane only. It may be written to before its link exists.
 */
export class Lane extends Duplex {
  readonly #number: number;
  #carrier: LaneCarrier | undefined;
  #credit = 0;
  #pending: { rest: Uint8Array; done: () => void } | undefined;
  #isEndDue: (() => void) | undefined;
  #ungranted = 0;

  constructor(number: number) {
    super({ highWaterMark: CHUNK_BYTES_MAX, allowHalfOpen: true });
    this.#number = number;
    this.on('error', () => {}); // the link is gone: `close` follows and says so
  }

  /** `window`: how much the other side takes without having granted it. */
  attach(carrier: LaneCarrier, window: number): void {
    this.#carrier = carrier;
    this.#credit = window;
    this.pump();
  }

  /** False: the other side sent more than it was granted. */
  receive(piece: Buffer): boolean {
    this.#ungranted += piece.length;
    if (this.#ungranted > WINDOW_BYTES) return false;
    this.push(piece);
    return true;
  }

  receiveEnd(): void {
    this.push(null);
  }

  /** The other side takes so much more. */
  allow(bytes: number): void {
    this.#credit += bytes;
    this.pump();
  }

  /** Sends what may be sent now. */
  pump(): void {
    while (this.#pending && this.#carrier?.isReady && this.#credit > 0) {
      const { rest, done } = this.#pending;
      const chunk = rest.subarray(0, Math.min(CHUNK_BYTES_MAX, this.#credit));
      this.#credit -= chunk.byteLength;
      this.#carrier.sendData(this.#number, chunk);
      if (chunk.byteLength < rest.byteLength) {
        this.#pending.rest = rest.subarray(chunk.byteLength);
      } else {
        this.#pending = undefined;
        done();
      }
    }
    if (!this.#carrier || !this.#isEndDue) return;
    this.#carrier.sendEnd(this.#number);
    this.#isEndDue();
    this.#isEndDue = undefined;
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    this.#pending = { rest: chunk, done };
    this.pump();
  }

  override _final(done: () => void): void {
    this.#isEndDue = done;
    this.pump();
  }

  /** Whoever reads has come so far: the other side may send as much again. */
  override _read(): void {
    const consumed = this.#ungranted - this.readableLength;
    if (consumed < GRANT_BYTES_MIN || !this.#carrier) return;
    this.#ungranted -= consumed;
    this.#carrier.grant(this.#number, consumed);
  }
}
