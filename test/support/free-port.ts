import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port of this machine that nobody listens on, and that nobody is likely to take soon. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}
