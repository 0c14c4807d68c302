import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { pskConnect } from '#internal/link/tls.js';
import { type ServerProcess, testToken } from './server-process.js';

/** What remote workers need to get to this server. */
export function on(server: ServerProcess): { host: string; token: string } {
  return { host: server.address, token: testToken };
}

/** A bare TCP connection. Errors are left to whoever waits for `close`. */
export async function rawConnection({ host, port }: { host: string; port: number }): Promise<Socket> {
  const socket = connect({ host, port });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** One that has proven to know the token, and says whatever it likes. */
export async function provenConnection(server: ServerProcess, token = testToken): Promise<TLSSocket> {
  const socket = pskConnect(await rawConnection(server), token, 'server');
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  return socket;
}

export function closed(socket: Socket): Promise<unknown> {
  return socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once('close', resolve));
}
