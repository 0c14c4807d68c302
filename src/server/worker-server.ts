import type { AddressInfo, Socket } from 'node:net';
import { resolve } from 'node:path';
import type { Server, TLSSocket } from 'node:tls';
import { after, type Timer } from '../base/deadline.js';
import { Deferred } from '../base/deferred.js';
import { LinkError } from '../base/errors.js';
import { addressText, DEFAULT_PORT } from '../link/address.js';
import { HEARTBEAT_MS, helloOf } from '../link/hello.js';
import { Link } from '../link/link.js';
import { pskServer } from '../link/tls.js';
import { type TokenSource, tokenFrom } from '../link/token.js';
import type { LinkOrder, LinkReport, RefusalCode } from '../protocol/link.js';
import { Contexts } from './contexts.js';
import { Doorstep } from './doorstep.js';
import { type Log, QuietLog } from './log.js';
import { Session } from './session.js';

const PROOF_MS = 5000; // for a connection to prove who it is
const GRACE_MS = 1000;
const DEFAULT_HOST = '127.0.0.1';

export interface WorkerServerOptions extends TokenSource {
  /** The address to listen on. Default `127.0.0.1`: this machine only. */
  readonly host?: string;
  /** Default 60006; 0 takes any free one. */
  readonly port?: number;
  /** The folder in which the modules of targets are looked up. Default: the working directory. No security boundary. */
  readonly root?: string;
  /** No more workers than this at once. */
  readonly maxWorkers?: number;
  /** Ends the server after so long without a connection. */
  readonly idleTimeoutMs?: number;
  /** After so long a silence a caller counts as gone. Default 60,000. */
  readonly heartbeatMs?: number;
  readonly log?: Log;
}

/** Lets callers who have the token run workers on this machine, each in a process of its own. */
export class WorkerServer {
  readonly #options: WorkerServerOptions;
  readonly #tls: Server;
  readonly #sessions = new Set<Session>();
  readonly #contexts = new Contexts();
  readonly #doorstep: Doorstep;
  readonly #log: Log;
  readonly #quietLog: QuietLog;
  readonly #ended = new Deferred<void>();
  #address: AddressInfo | undefined;
  #isClosing = false;
  #idle: Timer | undefined;

  private constructor(options: WorkerServerOptions, token: string) {
    this.#options = options;
    this.#log = options.log ?? ((): void => {});
    this.#quietLog = new QuietLog(this.#log);
    this.#doorstep = new Doorstep((socket, why) => this.#refuse(socket, why));
    this.#tls = pskServer(token, 'server', PROOF_MS);
    this.#tls.prependListener('connection', (socket: Socket) => this.#meet(socket));
    this.#tls.on('tlsClientError', (error, socket) => this.#refuse(socket, error.message));
    this.#tls.on('secureConnection', (socket) => void this.#greet(socket));
  }

  /** Listens when it resolves. */
  static async open(options: WorkerServerOptions = {}): Promise<WorkerServer> {
    const server = new WorkerServer(options, tokenFrom(options));
    await server.#listen();
    return server;
  }

  get host(): string {
    return this.#address?.address ?? '';
  }

  get port(): number {
    return this.#address?.port ?? 0;
  }

  /** How many workers run on it now. */
  get workers(): number {
    return [...this.#sessions].filter((session) => session.isWorker).length;
  }

  /** Resolves when it has ended, whoever ended it. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Takes no more workers, and resolves when the last one has ended. */
  async close(): Promise<void> {
    this.#stopListening();
    for (const session of this.#sessions) if (!session.isWorker) void session.terminate(0);
    await this.#empty();
  }

  /** Ends all workers, politely first, then itself. */
  async terminate({ graceMs = this.#isClosing ? 0 : GRACE_MS }: { graceMs?: number } = {}): Promise<void> {
    this.#stopListening();
    await Promise.all([...this.#sessions].map((session) => session.terminate(graceMs)));
    await this.#empty();
  }

  /** Terminates the server, if it is running. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate({ graceMs: GRACE_MS });
  }

  async #listen(): Promise<void> {
    const { host = DEFAULT_HOST, port = DEFAULT_PORT } = this.#options;
    await new Promise<void>((listening, reject) => {
      this.#tls.once('error', reject);
      this.#tls.listen({ host, port }, () => {
        this.#tls.off('error', reject);
        listening();
      });
    });
    this.#tls.on('error', (error) => this.#log({ level: 'warn', event: 'error', message: error.message }));
    this.#address = this.#tls.address() as AddressInfo;
    this.#log({ level: 'info', event: 'listening', host: this.host, port: this.port });
    this.#awaitWork();
  }

  #meet(socket: Socket): void {
    socket.setNoDelay(true);
    socket.on('error', () => {}); // `close` follows; what it means is said there
    this.#doorstep.enter(socket, PROOF_MS);
  }

  async #greet(socket: TLSSocket): Promise<void> {
    try {
      const link = await Link.open<LinkReport, LinkOrder>(
        socket,
        helloOf('server', this.#options.heartbeatMs ?? HEARTBEAT_MS),
        PROOF_MS,
      );
      this.#doorstep.leaveBy(socket);
      this.#admit(link, { from: nameOf(socket), caller: (await link.peer).caller });
    } catch (error) {
      this.#refuse(socket, (error as Error).message);
    }
  }

  #admit(link: Link<LinkReport, LinkOrder>, { from, caller }: { from: string; caller: string | undefined }): void {
    this.#idle?.cancel();
    const session = new Session(link, caller, {
      root: resolve(this.#options.root ?? process.cwd()),
      contexts: this.#contexts,
      log: (entry) => this.#quietLog.write({ ...entry, from }, `${entry.event} ${entry.message}`),
      refusal: () => this.#refusal(),
      taken: () => this.#log({ level: 'info', event: 'started', from, workers: this.workers + 1 }),
      endContext: (id) => this.#endContext(id),
      pulse: (one) => {
        for (const other of this.#sessions) if (one.caller !== undefined && other.caller === one.caller) other.touch();
      },
    });
    this.#sessions.add(session);
    void session.ended.then(async () => {
      this.#sessions.delete(session);
      this.#log({ level: 'info', event: 'ended', from, workers: this.workers, why: (await link.ended).message });
      this.#awaitWork();
    });
    if (this.#isClosing) link.fail(new LinkError('The server is being stopped.', 'ERR_LINK_CLOSED'));
  }

  #refusal(): { code: RefusalCode; message: string } | undefined {
    const { maxWorkers = Number.POSITIVE_INFINITY } = this.#options;
    if (this.#isClosing) return { code: 'closing', message: 'The server is being stopped and takes no more workers.' };
    if (this.workers < maxWorkers) return undefined;
    return { code: 'busy', message: `The server runs ${maxWorkers} workers already, and takes no more than that.` };
  }

  #endContext(id: string): void {
    for (const session of this.#sessions) if (session.madeFrom === id) void session.terminate(GRACE_MS);
  }

  #refuse(socket: Socket, why: string): void {
    this.#quietLog.write(
      { level: 'warn', event: 'refused', from: nameOf(socket), message: why },
      `${socket.remoteAddress} ${why}`,
    );
    socket.destroy();
  }

  #stopListening(): void {
    this.#isClosing = true;
    this.#idle?.cancel();
    this.#tls.close();
    this.#doorstep.clear();
  }

  async #empty(): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => session.ended));
    this.#ended.resolve();
  }

  #awaitWork(): void {
    const { idleTimeoutMs } = this.#options;
    if (idleTimeoutMs === undefined || this.#sessions.size > 0 || this.#isClosing) return;
    this.#idle?.cancel();
    this.#idle = after(idleTimeoutMs, () => {
      this.#log({ level: 'info', event: 'idle', afterMs: idleTimeoutMs });
      void this.terminate();
    });
  }
}

function nameOf(socket: Socket): string {
  return socket.remoteAddress === undefined
    ? 'a caller that is gone'
    : addressText({ host: socket.remoteAddress, port: socket.remotePort ?? 0 });
}
