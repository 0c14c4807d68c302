import { isIPv6 } from 'node:net';
import { OptionError } from '../base/errors.js';

export const DEFAULT_PORT = 60006;
const DEFAULT_HOST = '127.0.0.1';
const PORT_MAX = 65535;

/** `'h'`, `'h:port'`, `'[::1]:port'`, or the two apart. */
export type HostAddress = string | readonly [host: string, port: number];

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** In the caller's environment: where remote workers go that do not say so. */
const HOST_VARIABLE = 'PYW_HOST';

export function hostOfEnvironment(): string {
  return process.env[HOST_VARIABLE] || DEFAULT_HOST;
}

/** Where to listen, if that is what is asked for: `listen:60007`, `listen:0.0.0.0:60007`. */
export function listenAddress(given: HostAddress): Address | undefined {
  if (typeof given !== 'string' || !given.startsWith('listen:')) return undefined;
  const rest = given.slice('listen:'.length);
  return addressOf(/^\d+$/.test(rest) ? [DEFAULT_HOST, Number(rest)] : rest);
}

export function addressOf(given: HostAddress): Address {
  const [host, port] = typeof given === 'string' ? split(given) : given;
  if (typeof host !== 'string' || !/^[\w.:%-]+$/.test(host)) throw badAddress(given);
  if (!Number.isInteger(port) || port < 0 || port > PORT_MAX) throw badAddress(given);
  return { host, port };
}

export function addressText({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function split(text: string): readonly [host: string, port: number] {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(text);
  const plain = bracketed ?? /^([^:]*)(?::(\d+))?$/.exec(text);
  if (plain) return [plain[1] ?? '', plain[2] === undefined ? DEFAULT_PORT : Number(plain[2])];
  return [isIPv6(text) ? text : '', DEFAULT_PORT];
}

function badAddress(given: unknown): OptionError {
  return new OptionError(
    `${JSON.stringify(given)} is no address of a server: write 'host', 'host:port', '[::1]:port' or ['host', port].`,
  );
}
