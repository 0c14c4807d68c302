import type { Duplex } from 'node:stream';
import { afterLooking } from '../base/deadline.js';
import { Deferred } from '../base/deferred.js';
import { LinkError } from '../base/errors.js';
import type { FrameKind, Hello, LinkOrder, LinkReport } from '../protocol/link.js';
import { Heartbeat, type Pulse } from './heartbeat.js';
import { readHello } from './hello.js';
import type { Lane, LaneCarrier } from './lane.js';
import { type FrameHead, WireError, WireReader, WireWriter } from './wire.js';

const QUEUED_BYTES_MAX = 256 * 1024; // of data: a message that must overtake it waits for no more than this
const JOIN_BYTES_MAX = 16 * 1024;
const NOTHING = Buffer.alloc(0);

/** A stream that keeps the process from ending, or not. */
export type LinkSocket = Duplex & { ref(): unknown; unref(): unknown };

export interface LinkListener<In> {
  onMessage(message: In): void;
}

/**
 * One connection between two machines, greeted and alive: messages that overtake data, lanes of data, heartbeats. It is
 * the same whoever has dialled.
 */
export class Link<Out extends LinkOrder | LinkReport, In extends LinkOrder | LinkReport> implements LaneCarrier, Pulse {
  readonly #socket: LinkSocket;
  readonly #own: Hello;
  readonly #writer = new WireWriter();
  readonly #reader: WireReader;
  readonly #lanes = new Map<number, Lane>();
  readonly #greeted = new Deferred<Hello>();
  readonly #ended = new Deferred<LinkError>();
  #listener: LinkListener<In> | undefined;
  readonly #unheard: In[] = [];
  #heartbeat: Heartbeat | undefined;
  #error: LinkError | undefined;
  heardAt = performance.now();
  sentAt = performance.now();

  private constructor(socket: LinkSocket, own: Hello) {
    this.#socket = socket;
    this.#own = own;
    this.#reader = new WireReader({
      onFrame: (head, payload) => this.#take(head, payload),
      onData: (lane, piece) => this.#takeData(lane, piece),
    });
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('drain', () => {
      for (const lane of this.#lanes.values()) lane.pump();
    });
    socket.once('error', (cause) =>
      this.fail(new LinkError(`The connection broke: ${cause.message}`, 'ERR_LINK_BROKEN', { cause })),
    );
    socket.once('end', () => socket.end());
    socket.once('close', () => this.#close());
    this.#send('hello', 0, Buffer.from(JSON.stringify(own)));
  }

  /** Resolves once both sides have greeted. Rejects with a `LinkError`, and then the socket is gone. */
  static async open<Out extends LinkOrder | LinkReport, In extends LinkOrder | LinkReport>(
    socket: LinkSocket,
    own: Hello,
    timeoutMs: number,
  ): Promise<Link<Out, In>> {
    const link = new Link<Out, In>(socket, own);
    const timer = afterLooking(timeoutMs, () =>
      link.fail(new LinkError('The other side did not introduce itself in time.', 'ERR_LINK_SILENT')),
    );
    try {
      link.#live(await link.#greeted.promise);
      return link;
    } finally {
      timer.cancel();
    }
  }

  /** Resolves with the reason when the connection is gone. Never rejects. */
  get ended(): Promise<LinkError> {
    return this.#ended.promise;
  }

  /** The other side's greeting. */
  get peer(): Promise<Hello> {
    return this.#greeted.promise;
  }

  /** There was another sign of the other side than what came here. */
  touch(): void {
    this.heardAt = performance.now();
  }

  get isReady(): boolean {
    return this.#socket.writableLength < QUEUED_BYTES_MAX;
  }

  beat(): void {
    this.#send('ping', 0, NOTHING);
  }

  giveUp(): void {
    const message = `Nothing was heard of the other side for ${this.#own.heartbeatMs} ms.`;
    this.fail(new LinkError(message, 'ERR_LINK_SILENT'));
  }

  async attach(lane: Lane, number: number): Promise<void> {
    this.#lanes.set(number, lane);
    lane.attach(this, (await this.#greeted.promise).limits.windowBytes);
  }

  /** Once. What came before is kept until then. */
  listen(listener: LinkListener<In>): void {
    this.#listener = listener;
    for (const message of this.#unheard.splice(0)) listener.onMessage(message);
  }

  send(message: Out): void {
    this.#send('message', 0, Buffer.from(JSON.stringify(message)));
  }

  sendData(lane: number, chunk: Uint8Array): void {
    this.#send('data', lane, chunk);
  }

  sendEnd(lane: number): void {
    this.#send('end', lane, NOTHING);
  }

  grant(lane: number, bytes: number): void {
    const payload = Buffer.allocUnsafe(4);
    payload.writeUInt32BE(bytes);
    this.#send('credit', lane, payload);
  }

  /** Keeps the process from ending, as it does from the start; or not. */
  ref(): void {
    this.#socket.ref();
  }

  unref(): void {
    this.#socket.unref();
  }

  /** Sends what is under way, then ends. */
  end(): void {
    this.#socket.end();
  }

  fail(error: LinkError): void {
    this.#error ??= error;
    this.#socket.destroy();
  }
  #live(peer: Hello): void {
    const { heartbeatMs: ownMs } = this.#own;
    this.#heartbeat = new Heartbeat({ ownMs, peerMs: peer.heartbeatMs }, this);
  }

  #send(kind: keyof typeof FrameKind, lane: number, payload: Uint8Array): void {
    const socket = this.#socket;
    if (!socket.writable) return; // the connection is gone: `ended` says so
    this.sentAt = performance.now();
    const header = this.#writer.header({ kind, lane }, payload.byteLength, this.#reader.sequence);
    if (payload.byteLength <= JOIN_BYTES_MAX) {
      socket.write(payload.byteLength === 0 ? header : Buffer.concat([header, payload]));
      return;
    }
    socket.cork();
    socket.write(header);
    socket.write(payload);
    socket.uncork();
  }

  #read(chunk: Buffer): void {
    this.heardAt = performance.now();
    try {
      this.#reader.push(chunk);
    } catch (cause) {
      this.fail(brokenRule(cause));
    }
  }

  #take({ kind, lane }: FrameHead, payload: Buffer): void {
    switch (kind) {
      case 'hello':
        return this.#greeted.resolve(readHello(payload, this.#own));
      case 'message':
        return this.#takeMessage(JSON.parse(payload.toString('utf8')) as In);
      case 'end':
        return this.#lane(lane).receiveEnd();
      case 'credit':
        return this.#lane(lane).allow(payload.readUInt32BE(0));
      default: // pings have done their work by coming; the others are for versions to come
    }
  }

  #takeMessage(message: In): void {
    if (typeof message?.type !== 'string') throw new WireError('a message has no type');
    if (this.#listener) this.#listener.onMessage(message);
    else this.#unheard.push(message);
  }

  #takeData(number: number, piece: Buffer): void {
    if (!this.#lane(number).receive(piece)) throw new WireError('more data came than was granted');
  }

  #lane(number: number): Lane {
    const lane = this.#lanes.get(number);
    if (!lane) throw new WireError(`there is no lane ${number}`);
    return lane;
  }

  #close(): void {
    this.#heartbeat?.stop();
    this.#error ??= new LinkError('The connection was closed.', 'ERR_LINK_CLOSED');
    this.#greeted.reject(this.#error);
    for (const lane of this.#lanes.values()) lane.destroy();
    this.#ended.resolve(this.#error);
  }
}

function brokenRule(cause: unknown): LinkError {
  if (cause instanceof LinkError) return cause;
  return new LinkError(
    `The other side does not keep to the protocol: ${(cause as Error).message}.`,
    'ERR_LINK_PROTOCOL',
    {
      cause,
    },
  );
}
