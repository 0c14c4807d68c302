import { type MessagePort, receiveMessageOnPort, type TransferListItem } from 'node:worker_threads';
import { Deferred } from '../base/deferred.js';
import type { Carrier, Frame } from './carrier.js';

const TRANSFER_BYTES_MIN = 4096; // below it, cloning a buffer is cheaper than handing it over

type Posted = Uint8Array | [Uint8Array, unknown[]];

/** Frames over a MessagePort, between two threads of one process. */
export class PortCarrier implements Carrier {
  readonly shares = true;
  readonly leavesAtOnce = false;
  readonly #port: MessagePort;
  readonly #ended = new Deferred<void>();
  #receive: ((frame: Frame) => void) | undefined;

  constructor(port: MessagePort) {
    this.#port = port;
    port.once('close', () => this.#ended.resolve());
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  post({ bytes, attachments }: Frame, transfer: ReadonlySet<unknown>): void {
    const isWhole = bytes.byteLength === bytes.buffer.byteLength && !Buffer.isBuffer(bytes);
    const own = isWhole ? bytes : new Uint8Array(bytes); // packed messages lie in a buffer of many
    const handedOver = attachments.filter((part) => part instanceof ArrayBuffer || transfer.has(part));
    if (own.byteLength >= TRANSFER_BYTES_MIN) handedOver.push(own.buffer);
    // Most frames are nothing but bytes, and a lone view is cheaper to clone than a list that holds one.
    this.#port.postMessage(attachments.length > 0 ? [own, attachments] : own, handedOver as TransferListItem[]);
  }

  listen(receive: (frame: Frame) => void): void {
    this.#receive = receive;
    this.#port.on('message', (message: Posted) => receive(frameOf(message)));
  }

  pull(): boolean {
    const posted = receiveMessageOnPort(this.#port) as { message: Posted } | undefined;
    if (posted) this.#receive?.(frameOf(posted.message));
    return posted !== undefined;
  }

  end(): void {
    this.#port.close(); // what was posted still arrives
  }

  destroy(): void {
    this.#port.close();
  }
}

function frameOf(posted: Posted): Frame {
  const [bytes, attachments] = Array.isArray(posted) ? posted : [posted, []];
  return { bytes, attachments };
}
