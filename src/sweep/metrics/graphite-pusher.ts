import { connect, type Socket } from 'node:net';
import { type Check, type Checks, checkOptions, isFunction, isPort, isPositive, isString } from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';
import type { Counters } from './counters.js';

const LINES_MAX = 1000; // kept while the server cannot be reached; the oldest go first
const UNSENT_BYTES_MAX = 1 << 16;
const CONNECT_MS = 5000;
const FAREWELL_MS = 1000;
const names = ['total', 'active', 'finished', 'failures', 'exceptions', 'retried', 'stopped'] as const;

export interface GraphiteOptions {
  readonly host: string;
  /** Default 2003, where carbon takes lines of text. */
  readonly port?: number;
  /** What the names of the counters begin with, as in `lab.sweeps.first`. */
  readonly prefix: string;
  /** Default 10,000. */
  readonly intervalMs?: number;
  /** Called once, with the first thing that goes wrong. */
  readonly onError?: (error: Error) => void;
}

const isPrefix: Check = (value) =>
  typeof value === 'string' && /^[\w-]+(\.[\w-]+)*$/.test(value)
    ? undefined
    : 'words joined by dots, such as lab.sweep';
const checks: Checks = {
  host: isString,
  port: isPort,
  prefix: isPrefix,
  intervalMs: isPositive,
  onError: isFunction,
};

export function checkGraphite(options: unknown): void {
  checkOptions(options, checks);
  const { host, prefix } = options as Partial<GraphiteOptions>; // an object, with some of these options
  if (host === undefined || prefix === undefined) throw new OptionError('"graphite" needs a "host" and a "prefix".');
}

/**
 * Sends the counters of a sweep to Graphite, from now on at every interval, as lines of text. Nothing that happens to the server
 * or the network reaches the sweep: lines may be lost, `errors` counts what went wrong. It keeps no process from ending.
 */
export class GraphitePusher {
  readonly #options: Required<Omit<GraphiteOptions, 'onError'>> & Pick<GraphiteOptions, 'onError'>;
  readonly #snapshot: () => Counters;
  readonly #timer: NodeJS.Timeout;
  readonly #lines: string[] = [];
  #socket: Socket | undefined;
  #errors = 0;
  #dropped = 0;
  #closed: Promise<void> | undefined;

  constructor(options: GraphiteOptions, snapshot: () => Counters) {
    checkGraphite(options);
    this.#options = { port: 2003, intervalMs: 10_000, ...options };
    this.#snapshot = snapshot;
    this.#timer = setInterval(() => this.#push(), this.#options.intervalMs).unref();
    this.#push();
  }

  /** Failed connections, broken ones, and snapshots that could not be taken. */
  get errors(): number {
    return this.#errors;
  }

  /** Lines that were given up, for want of room. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Sends the last counters, for a second at most. Nothing is open any more then. Twice is fine. Never rejects. */
  close(): Promise<void> {
    this.#closed ??= this.#farewell();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #farewell(): Promise<void> {
    clearInterval(this.#timer);
    this.#push();
    const socket = this.#socket;
    if (!socket) return;
    const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const late = setTimeout(() => socket.destroy(), FAREWELL_MS);
    socket.ref();
    if (socket.connecting) socket.once('connect', () => socket.end());
    else socket.end();
    await gone;
    clearTimeout(late);
  }

  #push(): void {
    try {
      this.#lines.push(...linesOf(this.#snapshot(), this.#options.prefix));
    } catch (error) {
      this.#note(error instanceof Error ? error : new Error(String(error)));
    }
    const surplus = Math.max(0, this.#lines.length - LINES_MAX);
    this.#lines.splice(0, surplus);
    this.#dropped += surplus;
    this.#socket ??= this.#connect();
    this.#flush();
  }

  #connect(): Socket {
    const { host, port } = this.#options;
    const socket = connect({ host, port });
    socket.unref();
    socket.setTimeout(CONNECT_MS, () => socket.destroy(new Error(`Graphite at ${host}:${port} does not answer.`)));
    socket.once('connect', () => {
      socket.setTimeout(0);
      this.#flush();
    });
    socket.on('error', (error) => this.#note(error));
    socket.on('close', () => {
      this.#socket = undefined; // the next interval dials again
    });
    socket.resume(); // Graphite says nothing; but its end is only noticed by who reads
    return socket;
  }

  #flush(): void {
    const socket = this.#socket;
    if (!socket?.writable || socket.connecting || socket.writableLength > UNSENT_BYTES_MAX) return;
    if (this.#lines.length > 0) socket.write(this.#lines.splice(0).join(''));
  }

  #note(error: Error): void {
    this.#errors += 1;
    if (this.#errors === 1) this.#options.onError?.(error);
  }
}

function linesOf(counters: Counters, prefix: string): string[] {
  const seconds = Math.floor(Date.now() / 1000);
  return names.map((name) => `${prefix}.${name} ${counters[name]} ${seconds}\n`);
}
