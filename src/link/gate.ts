import type { AddressInfo, Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';
import type { Hello, LinkOrder, LinkReport } from '../protocol/link.js';
import { addressText } from './address.js';
import { Doorstep } from './doorstep.js';
import { Link } from './link.js';
import { type LogEntry, QuietLog } from './log.js';
import { pskServer } from './tls.js';
import type { KeyRole } from './token.js';

const PROOF_MS = 5000; // for a connection to prove who it is

export interface GateOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly role: KeyRole;
  hello(): Hello;
  readonly log: (entry: LogEntry) => void;
}

/** Listens, and lets in who has the key and greets. Nobody else costs more than a socket, and that not for long. */
export class Gate<Out extends LinkOrder | LinkReport, In extends LinkOrder | LinkReport> {
  readonly #options: GateOptions;
  readonly #tls: Server;
  readonly #quietLog: QuietLog;
  readonly #doorstep = new Doorstep((socket, why) => this.#refuse(socket, why));
  readonly #onLink: (link: Link<Out, In>, peer: Hello, from: string) => void;
  #address: AddressInfo | undefined;

  private constructor(options: GateOptions, onLink: (link: Link<Out, In>, peer: Hello, from: string) => void) {
    this.#options = options;
    this.#onLink = onLink;
    this.#quietLog = new QuietLog(options.log);
    this.#tls = pskServer(options.token, options.role);
    this.#tls.prependListener('connection', (socket: Socket) => this.#meet(socket));
    this.#tls.on('tlsClientError', (error, socket) => this.#refuse(socket, error.message));
    this.#tls.on('secureConnection', (socket) => void this.#greet(socket));
  }

  /** Listens when it resolves. */
  static async open<Out extends LinkOrder | LinkReport, In extends LinkOrder | LinkReport>(
    options: GateOptions,
    onLink: (link: Link<Out, In>, peer: Hello, from: string) => void,
  ): Promise<Gate<Out, In>> {
    const gate = new Gate<Out, In>(options, onLink);
    await gate.#listen();
    return gate;
  }

  get host(): string {
    return this.#address?.address ?? '';
  }

  get port(): number {
    return this.#address?.port ?? 0;
  }

  /** Does not keep the process from ending. */
  unref(): void {
    this.#tls.unref();
  }

  /** Lets nobody in any more. Who is in stays. */
  close(): void {
    this.#tls.close();
    this.#doorstep.clear();
  }

  async #listen(): Promise<void> {
    const { host, port, log } = this.#options;
    await new Promise<void>((listening, reject) => {
      this.#tls.once('error', reject);
      this.#tls.listen({ host, port }, () => {
        this.#tls.off('error', reject);
        listening();
      });
    });
    this.#tls.on('error', (error) => log({ level: 'warn', event: 'error', message: error.message }));
    this.#address = this.#tls.address() as AddressInfo;
  }

  #meet(socket: Socket): void {
    socket.setNoDelay(true);
    socket.on('error', () => {}); // `close` follows; what it means is said there
    this.#doorstep.enter(socket, PROOF_MS);
  }

  async #greet(socket: TLSSocket): Promise<void> {
    this.#doorstep.leaveBy(socket); // it has the key; nobody who crowds the door may push it out any more
    try {
      const link = await Link.open<Out, In>(socket, this.#options.hello(), PROOF_MS);
      this.#onLink(link, await link.peer, nameOf(socket));
    } catch (error) {
      this.#refuse(socket, (error as Error).message);
    }
  }

  #refuse(socket: Socket, why: string): void {
    const entry = { level: 'warn', event: 'refused', from: nameOf(socket), message: why } as const;
    this.#quietLog.write(entry, `${socket.remoteAddress} ${why}`);
    socket.destroy();
  }
}

function nameOf(socket: Socket): string {
  if (socket.remoteAddress === undefined) return 'somebody who is gone';
  return addressText({ host: socket.remoteAddress, port: socket.remotePort ?? 0 });
}
