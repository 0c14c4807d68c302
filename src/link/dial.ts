import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { afterLooking } from '../base/deadline.js';
import { ConnectError, LinkError } from '../base/errors.js';
import type { Hello, LinkOrder, LinkReport } from '../protocol/link.js';
import { type Address, addressText } from './address.js';
import { Link } from './link.js';
import { pskConnect } from './tls.js';
import type { KeyRole } from './token.js';

/** Where the bytes to a listener go: a socket, a channel of an ssh connection. */
export interface Route {
  /** For messages: where it leads. */
  readonly name: string;
  open(timeoutMs: number): Promise<Duplex>;
}

export interface DialOptions {
  readonly token: string;
  readonly role: KeyRole;
  readonly hello: Hello;
  readonly timeoutMs: number;
}

export function tcpRoute(address: Address): Route {
  return { name: addressText(address), open: (timeoutMs) => openTcp(address, timeoutMs) };
}

const ATTEMPTS = 4;
const PAUSE_MS = 100;

/**
 * Resolves with a link that is proven and greeted. Rejects with a `ConnectError`. A listener at whose door there is a
 * crowd drops who has waited longest: that one tries again.
 */
export async function dial<Out extends LinkOrder | LinkReport, In extends LinkOrder | LinkReport>(
  route: Route,
  options: DialOptions,
): Promise<Link<Out, In>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await dialOnce<Out, In>(route, options);
    } catch (error) {
      const { cause } = error as { cause?: NodeJS.ErrnoException };
      if (cause?.code !== 'ECONNRESET' || attempt === ATTEMPTS) throw error;
    }
    await sleep(PAUSE_MS * attempt * Math.random());
  }
}

async function dialOnce<Out extends LinkOrder | LinkReport, In extends LinkOrder | LinkReport>(
  route: Route,
  { token, role, hello, timeoutMs }: DialOptions,
): Promise<Link<Out, In>> {
  const raw = await route.open(timeoutMs);
  try {
    const socket = await secured(pskConnect(raw, token, role), { name: route.name, timeoutMs });
    return await Link.open<Out, In>(socket, hello, timeoutMs);
  } catch (error) {
    raw.destroy();
    throw error instanceof LinkError ? refusedBy(route.name, error) : error;
  }
}

function openTcp(address: Address, timeoutMs: number): Promise<Socket> {
  const where = addressText(address);
  return new Promise((resolve, reject) => {
    const socket = connect({ ...address, noDelay: true });
    const timer = afterLooking(timeoutMs, () => {
      socket.destroy();
      reject(
        new ConnectError(
          `${where} does not answer within ${timeoutMs} ms: is the host up, and no firewall in between?`,
          'ERR_CONNECT_UNREACHABLE',
        ),
      );
    });
    socket.once('connect', () => {
      timer.cancel();
      socket.off('error', onError);
      resolve(socket);
    });
    const onError = (cause: NodeJS.ErrnoException): void => {
      timer.cancel();
      reject(unreachable(where, cause));
    };
    socket.once('error', onError);
  });
}

function unreachable(where: string, cause: NodeJS.ErrnoException): ConnectError {
  if (cause.code === 'ECONNREFUSED') {
    return new ConnectError(
      `Nobody listens on ${where}: start a server there with npx pyw-server, or check the port.`,
      'ERR_CONNECT_REFUSED',
      { cause },
    );
  }
  return new ConnectError(
    `${where} cannot be reached (${cause.message}): check the name and the network.`,
    'ERR_CONNECT_UNREACHABLE',
    { cause },
  );
}

function secured(socket: TLSSocket, { name, timeoutMs }: { name: string; timeoutMs: number }): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const fail = (error: ConnectError): void => {
      timer.cancel();
      socket.destroy();
      reject(error);
    };
    const timer = afterLooking(timeoutMs, () => fail(notAServer(name, new Error(`no answer within ${timeoutMs} ms`))));
    const onError = (cause: Error): void => fail(handshakeError(name, cause));
    const onClose = (): void => fail(notAServer(name, new Error('it closed the connection')));
    socket.once('error', onError);
    socket.once('close', onClose);
    socket.once('secureConnect', () => {
      timer.cancel();
      socket.off('error', onError).off('close', onClose);
      resolve(socket);
    });
  });
}

/** What a listener of ours says to a key that it does not know, as OpenSSL words it. */
function handshakeError(name: string, cause: Error): ConnectError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  if (/BAD_RECORD_MAC|DECRYPT_ERROR|UNKNOWN_PSK_IDENTITY|alert number (20|51|115)/i.test(`${code} ${message}`)) {
    return new ConnectError(
      `${name} has another token than this side. Give both the same one: copy the token file, or set PYW_TOKEN, or the option "token".`,
      'ERR_CONNECT_TOKEN',
      { cause },
    );
  }
  return notAServer(name, cause);
}

function notAServer(name: string, cause: Error): ConnectError {
  return new ConnectError(
    `What listens on ${name} is not a pyw-server (${cause.message}): check the port.`,
    'ERR_CONNECT_NOT_A_SERVER',
    { cause },
  );
}

function refusedBy(name: string, cause: LinkError): ConnectError {
  if (cause.code === 'ERR_LINK_VERSION') {
    return new ConnectError(`${name}: ${cause.message}`, 'ERR_CONNECT_VERSION', { cause });
  }
  return notAServer(name, cause);
}
