import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool, PoolError } from 'pyworkers';
import { countPrimes } from './pool-tasks.js';

// Workers come with the load and go when there is none; the server's own thread never computes.
await using pool = new Pool(countPrimes, { idleTimeoutMs: 10_000 });
await pool.addWorkers('thread', { min: 1, max: 4 });

const server = createServer(async (request, response) => {
  const gone = new AbortController();
  response.once('close', () => gone.abort()); // nobody computes for a browser that has left
  try {
    const upTo = Number(new URL(request.url ?? '/', 'http://localhost').searchParams.get('upTo'));
    const [count] = await pool.run([upTo], { signal: gone.signal, timeoutMs: 5000 });
    response.end(`${count} primes up to ${upTo}\n`);
  } catch (error) {
    const isAborted = error instanceof PoolError && error.code === 'ERR_POOL_ABORTED';
    console.log(isAborted ? 'the browser has left, its call was ended' : String(error));
    response.writeHead(503).end('Try again later.\n');
  }
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

const answers = [1000, 2000, 3000].map(async (upTo) => {
  const response = await fetch(`http://127.0.0.1:${port}/?upTo=${upTo}`);
  return response.text();
});
console.log((await Promise.all(answers)).join('').trim());

await fetch(`http://127.0.0.1:${port}/?upTo=1e9`, { signal: AbortSignal.timeout(300) }).catch(() => {});
await new Promise((resolve) => pool.on('idle', resolve as () => void));
server.close();
