import { Deferred } from '../base/deferred.js';
import { addressOf, DEFAULT_PORT, type HostAddress } from '../link/address.js';
import { Gate } from '../link/gate.js';
import { helloOf } from '../link/hello.js';
import type { Log } from '../link/log.js';
import { type TokenSource, tokenFrom } from '../link/token.js';
import type { Hello, LinkOrder, LinkReport } from '../protocol/link.js';
import { Dialer } from './dialer.js';
import { Sessions } from './sessions.js';

const GRACE_MS = 1000;
const DEFAULT_HOST = '127.0.0.1';

export interface WorkerServerOptions extends TokenSource {
  /** The address to listen on. Default `127.0.0.1`: this machine only. */
  readonly host?: string;
  /** Default 60006; 0 takes any free one. */
  readonly port?: number;
  /** Does not listen, but dials a `WorkerListener` there and works for it: where connections can only be made outwards. */
  readonly dial?: HostAddress;
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
  readonly #log: Log;
  readonly #sessions: Sessions;
  readonly #ended = new Deferred<void>();
  #gate: Gate<LinkReport, LinkOrder> | undefined;
  #dialer: Dialer | undefined;

  private constructor(options: WorkerServerOptions) {
    this.#options = options;
    this.#log = options.log ?? ((): void => {});
    this.#sessions = new Sessions({
      root: options.root,
      maxWorkers: options.maxWorkers,
      idleTimeoutMs: options.idleTimeoutMs,
      log: this.#log,
      onTaken: () => this.#dialer?.next(),
      onIdle: () => void this.terminate(),
    });
  }

  /** Listens when it resolves; with `dial`, it has begun to dial. */
  static async open(options: WorkerServerOptions = {}): Promise<WorkerServer> {
    const server = new WorkerServer(options);
    if (options.dial === undefined) await server.#listen(tokenFrom(options));
    else server.#dial(options.dial, tokenFrom(options));
    return server;
  }

  /** Where it listens; empty if it dials. */
  get host(): string {
    return this.#gate?.host ?? '';
  }

  /** The port it listens on; 0 if it dials. */
  get port(): number {
    return this.#gate?.port ?? 0;
  }

  /** How many workers run on it now. */
  get workers(): number {
    return this.#sessions.workers;
  }

  /** Resolves when it has ended, whoever ended it. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Takes no more workers, and resolves when the last one has ended. */
  async close(): Promise<void> {
    this.#stopCallers();
    await this.#sessions.close();
    this.#ended.resolve();
  }

  /** Ends all workers, politely first, then itself. */
  async terminate({ graceMs = GRACE_MS }: { graceMs?: number } = {}): Promise<void> {
    this.#stopCallers();
    await this.#sessions.terminate(graceMs);
    this.#ended.resolve();
  }

  /** Terminates the server, if it is running. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate();
  }

  async #listen(token: string): Promise<void> {
    const { host = DEFAULT_HOST, port = DEFAULT_PORT } = this.#options;
    const hello = (): Hello => this.#hello();
    this.#gate = await Gate.open<LinkReport, LinkOrder>(
      { host, port, token, role: 'server', hello, log: this.#log },
      (link, peer, from) => this.#sessions.admit(link, peer, from),
    );
    this.#log({ level: 'info', event: 'listening', host: this.host, port: this.port });
  }

  #dial(to: HostAddress, token: string): void {
    this.#dialer = new Dialer({
      to: addressOf(to),
      token,
      hello: () => this.#hello(),
      log: this.#log,
      onLink: (link, peer, from) => this.#sessions.admit(link, peer, from),
    });
  }

  #hello(): Hello {
    return helloOf('server', this.#options.heartbeatMs);
  }

  #stopCallers(): void {
    this.#gate?.close();
    this.#dialer?.close();
  }
}
