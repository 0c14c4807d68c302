import { Worker } from 'node:worker_threads';
import type { CallerLink } from '../backend/remote.js';
import { remotePlace } from '../backend/remote-place.js';
import type { ServerRoute } from '../backend/server-route.js';
import { settlesWithin } from '../base/deadline.js';
import { Deferred } from '../base/deferred.js';
import { ConnectError, OptionError } from '../base/errors.js';
import { HEARTBEAT_MS } from '../link/hello.js';
import { newToken, type TokenSource, tokenFrom } from '../link/token.js';
import { checkSshOptions } from './check-options.js';
import type { FarCommand, SshLogin } from './options.js';
import type { SshOrder, SshReport } from './ssh-messages.js';

const CONNECT_TIMEOUT_MS = 20_000;
const END_MS = 10_000;
const OUTPUT_KEPT = 64 * 1024;

export interface TmpSshServerOptions extends SshLogin, FarCommand, TokenSource {
  /** How long each step may take: reaching a host, logging in, starting the server. Default 20,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** After so long a silence the other side counts as gone. Default 60,000. */
  readonly heartbeatMs?: number | undefined;
  /** Takes what is printed over there, line by line. */
  readonly onOutput?: ((text: string) => void) | undefined;
}

/**
 * Starts a server over ssh, which lives until it is disposed of, or this process ends. Remote workers take it as their
 * `host`. Resolves when it listens; rejects with a `ConnectError` that says what to do.
 *
 * @example
 * await using server = await tmpSshServer('user@gpu-box', { cwd: '~/project' });
 * console.log(await new RemoteWorker(train, [config], { host: server }).value());
 */
export function tmpSshServer(host: string, options?: TmpSshServerOptions): Promise<TmpSshServer>;
export function tmpSshServer(options: TmpSshServerOptions & { readonly host: string }): Promise<TmpSshServer>;
export async function tmpSshServer(
  given: string | (TmpSshServerOptions & { readonly host: string }),
  more: TmpSshServerOptions = {},
): Promise<TmpSshServer> {
  const { host, ...options } = typeof given === 'string' ? { ...more, host: given } : given;
  checkSshOptions(host, options);
  const server = new SshThread(host, options);
  await server.ready;
  return server;
}

/** A server that was started over ssh. */
export interface TmpSshServer extends ServerRoute, AsyncDisposable {
  /** As it was asked for. */
  readonly name: string;
  /** The port on this machine that leads to it, for workers in other processes that have the token. */
  readonly port: number;
  readonly token: string;
  /** The last that was printed over there. */
  readonly output: string;
  /** Resolves with the reason when it is gone. */
  readonly ended: Promise<string>;
  /** Ends its workers politely, then by force, then itself; resolves when all that is done. */
  terminate(): Promise<void>;
}

class SshThread implements TmpSshServer {
  readonly name: string;
  readonly token: string;
  port = 0;
  output = '';
  readonly #options: TmpSshServerOptions;
  readonly #thread: Worker;
  readonly #ready = new Deferred<void>();
  readonly #ended = new Deferred<string>();
  #whyEnded: string | undefined;

  constructor(name: string, options: TmpSshServerOptions) {
    this.name = name;
    this.#options = options;
    const isGiven = options.token !== undefined || options.tokenFile !== undefined;
    this.token = isGiven ? tokenFrom(options) : newToken();
    this.#thread = new Worker(new URL('./ssh-main.js', import.meta.url), {
      workerData: orderOf(name, options, this.token),
      execArgv: [],
      env: process.env,
    });
    this.#thread.on('message', (report: SshReport) => this.#take(report));
    this.#thread.on('error', (error: Error) => this.#end(`its thread failed: ${error.stack}`));
    this.#thread.once('exit', () => this.#end('its thread ended'));
  }

  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  get ended(): Promise<string> {
    return this.#ended.promise;
  }

  /** @internal */
  async connect(options: {
    readonly timeoutMs: number;
    readonly heartbeatMs?: number | undefined;
  }): Promise<CallerLink> {
    if (this.#whyEnded !== undefined) {
      throw new ConnectError(`The server on ${this.name} has ended: ${this.#whyEnded}.`, 'ERR_CONNECT_REFUSED');
    }
    const { timeoutMs: connectTimeoutMs, heartbeatMs = this.#options.heartbeatMs } = options;
    const place = remotePlace(
      { host: ['127.0.0.1', this.port], token: this.token, connectTimeoutMs, heartbeatMs },
      undefined,
    );
    return await place.connect();
  }

  async terminate(): Promise<void> {
    if (this.#whyEnded === undefined) {
      this.#thread.ref();
      this.#thread.postMessage('end');
      await settlesWithin(this.#ended.promise, END_MS);
    }
    await this.#thread.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate();
  }

  #take(report: SshReport): void {
    if (report.type === 'listening') {
      this.port = report.port;
      this.#thread.unref(); // whoever forgets to dispose of it is not kept from ending
      this.#ready.resolve();
    }
    if (report.type === 'output') {
      this.output = (this.output + report.text).slice(-OUTPUT_KEPT);
      this.#options.onOutput?.(report.text);
    }
    if (report.type === 'failed') {
      const { code, message } = report;
      this.#ready.reject(code === 'ERR_OPTION' ? new OptionError(message) : new ConnectError(message, code));
    }
    if (report.type === 'ended') this.#end(report.message);
  }

  #end(why: string): void {
    this.#whyEnded ??= why;
    this.#ready.reject(new ConnectError(`${this.name}: ${why}`, 'ERR_CONNECT_START'));
    this.#ended.resolve(this.#whyEnded);
  }
}

function orderOf(destination: string, options: TmpSshServerOptions, token: string): SshOrder {
  const { user, port, identityFile, passphrase, password, agent, hostKey, config } = options;
  const { cwd, node, command, serverArgs } = options;
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS, heartbeatMs = HEARTBEAT_MS } = options;
  return {
    destination,
    token,
    login: { user, port, identityFile, passphrase, password, agent, hostKey, config },
    far: { cwd, node, command, serverArgs },
    times: { connectTimeoutMs, heartbeatMs },
  };
}
