import { UnsendableError } from '../base/errors.js';
import { type Sealed, seal, sealPlain } from '../codec/codec.js';
import type { AttachmentSink } from '../codec/graph.js';
import { Packer, Unpacker } from '../codec/packer.js';
import type { Received } from '../protocol/messages.js';
import type { Carrier, Frame } from './carrier.js';
import { headerOf } from './framing.js';

const BATCH_MESSAGES_MAX = 256;
const BATCH_BYTES_MAX = 64 * 1024;
const NOTHING: ReadonlySet<unknown> = new Set();
const NONE: readonly unknown[] = [];

/** A message is plain data but for its `payload`, which may be any value that can be sent. */
interface Message {
  readonly type: string;
  readonly payload?: unknown;
}

/** How much has gone through a channel. */
export interface Traffic {
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/**
 * Whole messages, both ways, in order. Messages sent in one go share a frame: a frame leaves when the running job
 * ends or when it is full, so one message alone leaves at once.
 */
export class Channel<Out extends Message, In extends Message> {
  readonly #carrier: Carrier;
  #packer = new Packer();
  readonly #unpacker = new Unpacker();
  #packed: Uint8Array[] = [];
  #packedBytes = 0;
  #isFlushDue = false;
  #isEnded = false;
  /** Who holds something back for a while: it has to go before anything else does. */
  beforeSend: (() => void) | undefined;
  /** Bytes of whole frames, both ways. */
  readonly traffic = { bytesSent: 0, bytesReceived: 0 };

  constructor(carrier: Carrier) {
    this.#carrier = carrier;
  }

  get ended(): Promise<void> {
    return this.#carrier.ended;
  }

  /**
   * The message is packed at once: what the sender changes later does not travel. `name` is what errors call the
   * payload; buffers and ports in `transfer` are handed over. Throws `UnsendableError`, and then nothing is sent.
   */
  send(message: Out, name = 'value', transfer: readonly unknown[] = NONE): void {
    if (this.#isEnded) return; // nobody is left to read it; whoever waits for an answer learns from `ended`
    this.beforeSend?.();
    if (!('payload' in message)) return this.#add(this.#packer.pack(message));
    const sink = new Attachments(this.#carrier, transfer);
    const packed = this.#packer.pack(withPayload(message, seal(message.payload, name, sink)));
    if (sink.items.length > 0) this.#postAlone({ bytes: packed, attachments: sink.items }, sink.transfer);
    else this.#add(packed);
  }

  /** Sends a message if its payload is plain data; answers whether it was. */
  sendIfPlain(message: Out): boolean {
    const sealed = sealPlain(message.payload);
    if (sealed && !this.#isEnded) this.#add(this.#packer.pack(withPayload(message, sealed)));
    return sealed !== undefined;
  }

  #add(packed: Uint8Array): void {
    this.#packed.push(packed);
    this.#packedBytes += packed.byteLength;
    if (this.#packed.length >= BATCH_MESSAGES_MAX || this.#packedBytes >= BATCH_BYTES_MAX) {
      this.flush();
    } else if (!this.#isFlushDue) {
      this.#isFlushDue = true;
      queueMicrotask(this.#flushWhenDue);
    }
  }

  flush(): void {
    if (this.#packed.length === 0) return;
    const bytes = joined(this.#packed, this.#packedBytes);
    this.#packed = [];
    this.#packedBytes = 0;
    this.traffic.bytesSent += bytes.byteLength;
    this.#carrier.post({ bytes, attachments: [] }, NOTHING);
  }

  receive(handle: (message: Received<In>, attachments: readonly unknown[]) => void): void {
    this.#carrier.listen(({ bytes, attachments, isAlone }) => {
      this.traffic.bytesReceived += bytesOf({ bytes, attachments });
      const unpacker = isAlone ? new Unpacker() : this.#unpacker;
      for (const message of this.#unpackEach(unpacker, bytes)) handle(message, attachments);
    });
  }

  /** Whether `pull` can ever take anything. */
  get isPullable(): boolean {
    return this.#carrier.pull !== undefined;
  }

  /** Takes what has come, if anything has and it can be had at once. */
  pull(): boolean {
    return this.#carrier.pull?.() ?? false;
  }

  end(): void {
    if (this.#isEnded) return;
    this.beforeSend?.();
    this.flush();
    this.#isEnded = true;
    this.#carrier.end();
  }

  destroy(): void {
    this.#isEnded = true;
    this.#carrier.destroy();
  }

  readonly #flushWhenDue = (): void => {
    this.#isFlushDue = false;
    this.flush();
  };

  /** Attachments may turn out to be none that can be handed over: that harms no other message. */
  #postAlone(frame: Frame, transfer: ReadonlySet<unknown>): void {
    this.flush();
    this.traffic.bytesSent += bytesOf(frame);
    try {
      this.#carrier.post(frame, transfer);
    } catch (cause) {
      this.#packer = new Packer(); // the other side has not learnt the record shapes of this frame
      throw new UnsendableError(`The value cannot be handed over: ${String((cause as Error)?.message ?? cause)}`, {
        path: '',
        cause,
      });
    }
  }

  /** What is no message ends the channel: somebody else writes to it, and nothing that follows can be trusted. */
  #unpackEach(unpacker: Unpacker, bytes: Uint8Array): Received<In>[] {
    const messages: Received<In>[] = [];
    try {
      unpacker.unpackEach(bytes, (message) => {
        if (!isMessage(message)) throw new TypeError('no message');
        messages.push(message as Received<In>); // which of them is the other side's word: it is ours
      });
    } catch {
      this.destroy();
      return [];
    }
    return messages;
  }
}

/** One message as the bytes of a frame that stands alone, to be kept and put before what others send. */
export function packAlone<M extends Message>(message: M, name: string): Buffer {
  const sink = new Attachments({ shares: false, leavesAtOnce: true }, NONE);
  const bytes = new Packer().pack(withPayload({ ...message }, seal(message.payload, name, sink)));
  const attachments = sink.items as readonly Uint8Array[];
  return Buffer.concat([headerOf({ bytes, attachments, isAlone: true }), bytes, ...attachments]);
}

/** Of most messages there are none, so nothing is made until there is one. */
class Attachments implements AttachmentSink {
  readonly shares: boolean;
  readonly leavesAtOnce: boolean;
  readonly transfer: ReadonlySet<unknown>;
  #items: unknown[] | undefined;

  constructor(carrier: Pick<Carrier, 'shares' | 'leavesAtOnce'>, transfer: readonly unknown[]) {
    this.shares = carrier.shares;
    this.leavesAtOnce = carrier.leavesAtOnce;
    this.transfer = transfer.length > 0 ? new Set(transfer) : NOTHING;
  }

  get items(): readonly unknown[] {
    return this.#items ?? NONE;
  }

  add(attachment: unknown): number {
    this.#items ??= [];
    return this.#items.push(attachment) - 1;
  }
}

/** A message is a fresh object made to be sent, so its payload may give way to what stands for it. */
function withPayload(message: { payload?: unknown }, sealed: Sealed): object {
  message.payload = sealed;
  return message;
}

function isMessage(unpacked: unknown): unpacked is Message {
  return typeof (unpacked as Partial<Message> | null | undefined)?.type === 'string';
}

function bytesOf({ bytes, attachments }: Frame): number {
  let sum = bytes.byteLength;
  for (const part of attachments) sum += (part as Partial<ArrayBufferView>).byteLength ?? 0;
  return sum;
}

function joined(parts: readonly Uint8Array[], byteLength: number): Uint8Array {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const bytes = new Uint8Array(byteLength);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}
