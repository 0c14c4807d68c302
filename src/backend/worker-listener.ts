import { after } from '../base/deadline.js';
import { Deferred } from '../base/deferred.js';
import { ConnectError } from '../base/errors.js';
import { addressText } from '../link/address.js';
import { Gate } from '../link/gate.js';
import { helloOf } from '../link/hello.js';
import type { Log } from '../link/log.js';
import { newToken, type TokenSource, tokenFrom } from '../link/token.js';
import type { Hello, LinkOrder, LinkReport } from '../protocol/link.js';
import { callerId } from './pulse.js';
import type { CallerLink } from './remote.js';
import type { ServerRoute } from './server-route.js';

export interface WorkerListenerOptions extends TokenSource {
  /** The address to listen on. Default `127.0.0.1`: this machine only. */
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
  /** After so long a silence a server counts as gone. Default 60,000. */
  readonly heartbeatMs?: number;
  readonly log?: Log;
}

/**
 * Waits for servers that dial in (`pyw-server --dial`), from where connections can only be made outwards. Remote workers
 * take it as their `host`; each runs on whichever server has a free connection.
 */
export class WorkerListener implements ServerRoute {
  /** The servers need it. Made for this occasion, unless one was given. */
  readonly token: string;
  readonly #free = new Set<CallerLink>();
  readonly #waiting = new Set<Deferred<CallerLink>>();
  #gate: Gate<LinkOrder, LinkReport> | undefined;

  private constructor(token: string) {
    this.token = token;
  }

  /** Listens when it resolves. */
  static async open(options: WorkerListenerOptions = {}): Promise<WorkerListener> {
    const { token, tokenFile } = options;
    const isGiven = token !== undefined || tokenFile !== undefined;
    const listener = new WorkerListener(isGiven ? tokenFrom(options) : newToken());
    await listener.#listen(options);
    return listener;
  }

  get host(): string {
    return this.#gate?.host ?? '';
  }

  get port(): number {
    return this.#gate?.port ?? 0;
  }

  /** How many connections wait for a worker. */
  get free(): number {
    return this.#free.size;
  }

  /** @internal */
  async connect({ timeoutMs }: { readonly timeoutMs: number }): Promise<CallerLink> {
    const [link] = this.#free;
    if (link) {
      this.#free.delete(link);
      link.ref();
      return link;
    }
    const wanted = new Deferred<CallerLink>();
    this.#waiting.add(wanted);
    const timer = after(timeoutMs, () => wanted.reject(this.#nobodyCame(timeoutMs)));
    try {
      return await wanted.promise;
    } finally {
      timer.cancel();
      this.#waiting.delete(wanted);
    }
  }

  /** Lets the servers go that have no worker, and takes no more. Workers that run go on. */
  close(): void {
    this.#gate?.close();
    for (const link of this.#free) link.end();
    for (const wanted of this.#waiting)
      wanted.reject(new ConnectError('The listener was closed.', 'ERR_CONNECT_UNREACHABLE'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  async #listen({ host = '127.0.0.1', port = 0, heartbeatMs, log = () => {} }: WorkerListenerOptions): Promise<void> {
    const hello = (): Hello => helloOf('caller', heartbeatMs, callerId);
    this.#gate = await Gate.open<LinkOrder, LinkReport>(
      { host, port, token: this.token, role: 'listener', hello, log },
      (link) => this.#take(link),
    );
    this.#gate.unref();
  }

  #take(link: CallerLink): void {
    const [wanted] = this.#waiting;
    if (wanted) {
      this.#waiting.delete(wanted);
      return wanted.resolve(link);
    }
    this.#free.add(link);
    link.unref(); // it is workers that keep a process from ending
    void link.ended.then(() => this.#free.delete(link));
  }

  #nobodyCame(timeoutMs: number): ConnectError {
    const where = addressText(this);
    return new ConnectError(
      `No server with a free connection has dialled ${where} within ${timeoutMs} ms: start one with pyw-server --dial ${where} and this listener's token in PYW_TOKEN.`,
      'ERR_CONNECT_UNREACHABLE',
    );
  }
}
