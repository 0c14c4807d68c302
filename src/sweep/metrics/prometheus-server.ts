import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Check, type Checks, checkOptions, isPort, isRecord, isString } from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';
import type { Counters } from './counters.js';
import { prometheusText } from './prometheus-text.js';

export interface PrometheusOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** Who may ask. Default `127.0.0.1`: this machine. */
  readonly host?: string;
  /** Put on every line, such as the sweep's name. */
  readonly labels?: Readonly<Record<string, string>>;
}

const isLabels: Check = (value) =>
  isRecord(value) &&
  Object.entries(value).every(([name, text]) => /^[a-zA-Z_]\w*$/.test(name) && typeof text === 'string')
    ? undefined
    : 'an object of strings whose names are letters, digits and underscores';
const checks: Checks = { port: isPort, host: isString, labels: isLabels };

export function checkPrometheus(options: unknown): void {
  checkOptions(options, checks);
  const { port } = options as Partial<PrometheusOptions>; // an object, with some of these options
  if (port === undefined) throw new OptionError('"prometheus" needs a "port"; 0 is any that is free.');
}

/** Serves the counters of a sweep to Prometheus, at `/metrics`. It keeps no process from ending. */
export class PrometheusServer {
  readonly #server: Server;
  #closed: Promise<void> | undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Resolves when it can be asked; rejects where the port cannot be had. */
  static async listen(options: PrometheusOptions, snapshot: () => Counters): Promise<PrometheusServer> {
    checkPrometheus(options);
    const { port, host = '127.0.0.1', labels = {} } = options;
    const server = createServer((request, response) => answer(request, response, () => textOf(snapshot, labels)));
    server.listen(port, host);
    await once(server, 'listening');
    server.unref();
    return new PrometheusServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0; // a string for pipes only; null once it is closed
  }

  /** Nothing is open any more then. Twice is fine. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#server.ref();
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function answer(request: IncomingMessage, response: ServerResponse, text: () => string): void {
  const path = request.url?.split('?')[0];
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (path !== '/metrics' || !isRead) {
    response.writeHead(isRead ? 404 : 405, { 'Content-Type': 'text/plain' }).end('Ask with GET /metrics.\n');
    return;
  }
  try {
    const body = text();
    response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }).end(body);
  } catch (error) {
    response.writeHead(500, { 'Content-Type': 'text/plain' }).end(`The counters cannot be had: ${String(error)}\n`);
  }
}

function textOf(snapshot: () => Counters, labels: Readonly<Record<string, string>>): string {
  return prometheusText(snapshot(), labels);
}
