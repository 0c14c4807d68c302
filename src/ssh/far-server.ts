import { createInterface } from 'node:readline';
import { settlesWithin } from '../base/deadline.js';
import { Deferred } from '../base/deferred.js';
import { ConnectError } from '../base/errors.js';
import type { SshConnection } from './ssh-connection.js';
import type { ClientChannel } from './ssh2.js';

const SIGNS_PER_HEARTBEAT = 4;
const LAST_WORDS_MAX = 4000;

export interface FarServerOptions {
  /** Of the host, for messages. */
  readonly name: string;
  readonly command: string;
  readonly token: string;
  readonly heartbeatMs: number;
  readonly startTimeoutMs: number;
  onOutput(text: string): void;
}

/** A server that was started over ssh. It lives as long as this end says, line by line, that it is here. */
export class FarServer {
  readonly #channel: ClientChannel;
  readonly #options: FarServerOptions;
  readonly #listening = new Deferred<number>();
  readonly #ended = new Deferred<string>();
  readonly #signs: NodeJS.Timeout;
  #lastWords = '';

  private constructor(channel: ClientChannel, options: FarServerOptions) {
    this.#channel = channel;
    this.#options = options;
    channel.on('error', () => {}); // `close` follows
    channel.once('exit', (code: number | null, signal?: string) => {
      this.#ended.resolve(`the server over there ended ${code === null ? `by ${signal}` : `with exit code ${code}`}`);
    });
    channel.once('close', () => this.#ended.resolve('the ssh session ended'));
    createInterface({ input: channel }).on('line', (line) => this.#read(line));
    createInterface({ input: channel.stderr }).on('line', (line) => this.#hear(line));
    channel.write(`${options.token}\n`);
    this.#signs = setInterval(() => channel.write('here\n'), options.heartbeatMs / SIGNS_PER_HEARTBEAT);
    void this.ended.then(() => clearInterval(this.#signs));
  }

  static async start(connection: SshConnection, options: FarServerOptions): Promise<FarServer> {
    const server = await connection.run(options.command, (channel) => new FarServer(channel, options));
    void connection.ended.then(() => server.#ended.resolve('the ssh connection was lost'));
    return server;
  }

  /** Resolves with the port that it listens on, over there. Rejects with a `ConnectError`. */
  async listening(): Promise<number> {
    const { startTimeoutMs } = this.#options;
    void settlesWithin(this.#ended.promise, startTimeoutMs).then(async (isOver) => {
      const why = isOver ? await this.ended : `it did not say within ${startTimeoutMs} ms that it listens`;
      this.#listening.reject(this.#notStarted(why));
    });
    return await this.#listening.promise;
  }

  /** Resolves with the reason. */
  get ended(): Promise<string> {
    return this.#ended.promise;
  }

  /** Politely: its standard input ends. */
  stop(): void {
    clearInterval(this.#signs);
    this.#channel.end();
  }

  /** Whatever a login shell prints before it is not what is waited for. */
  #read(line: string): void {
    const port = portIn(line);
    if (port === undefined) this.#hear(line);
    else this.#listening.resolve(port);
  }

  #hear(line: string): void {
    this.#lastWords = `${this.#lastWords}${line}\n`.slice(-LAST_WORDS_MAX);
    this.#options.onOutput(`${line}\n`);
  }

  #notStarted(why: string): ConnectError {
    const words = this.#lastWords.trim();
    const message = `The server on ${this.#options.name} could not be started: ${why}.${words && ` It said:\n${words}`}`;
    return new ConnectError(message, 'ERR_CONNECT_START');
  }
}

function portIn(line: string): number | undefined {
  try {
    const { event, port } = JSON.parse(line) as { event?: unknown; port?: unknown };
    return event === 'listening' && typeof port === 'number' ? port : undefined;
  } catch {
    return undefined;
  }
}
