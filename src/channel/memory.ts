import { Deferred } from '../base/deferred.js';
import type { Flags } from '../protocol/flags.js';
import type { AnyFunction } from '../target/target-ref.js';
import type { Carrier, Frame } from './carrier.js';

/** Serves the far one: the entry of the inline host, which its backend loads by address and knows by this type only. */
export type ServeInline = (carrier: Carrier, options: { flags: Flags; target: AnyFunction | undefined }) => void;

/** Two carriers in one thread, each the other's far side. Frames arrive in a later turn of the event loop, as over a port. */
export function memoryPair(): [Carrier, Carrier] {
  const near = new MemoryCarrier();
  const far = new MemoryCarrier();
  near.connect(far);
  far.connect(near);
  return [near, far];
}

class MemoryCarrier implements Carrier {
  readonly shares = true;
  readonly leavesAtOnce = false;
  readonly #ended = new Deferred<void>();
  #peer: MemoryCarrier | undefined;
  #receive: ((frame: Frame) => void) | undefined;
  readonly #waiting: Frame[] = [];
  #isOpen = true;

  connect(peer: MemoryCarrier): void {
    this.#peer = peer;
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  post({ bytes, attachments }: Frame, transfer: ReadonlySet<unknown>): void {
    const given = [...transfer].filter((part) => part instanceof ArrayBuffer);
    const moved = structuredClone(given, { transfer: given }); // the sender loses them, as it would to a thread
    const arriving = attachments.map((part) =>
      given.includes(part as ArrayBuffer) ? moved[given.indexOf(part as ArrayBuffer)] : part,
    );
    this.#later(() => this.#peer?.arrive({ bytes: new Uint8Array(bytes), attachments: arriving }));
  }

  arrive(frame: Frame): void {
    if (!this.#isOpen) return;
    if (this.#receive) this.#receive(frame);
    else this.#waiting.push(frame);
  }

  listen(receive: (frame: Frame) => void): void {
    this.#receive = receive;
    for (const frame of this.#waiting.splice(0)) receive(frame);
  }

  end(): void {
    this.#later(() => this.destroy());
  }

  destroy(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#ended.resolve();
    this.#peer?.destroy();
  }

  #later(action: () => void): void {
    setImmediate(action);
  }
}
