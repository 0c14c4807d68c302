import { Pool, WorkerServer } from 'pyworkers';
import { hash } from './pool-tasks.js';

// In earnest this is `npx pyw-server` on another machine, and its address.
await using server = await WorkerServer.open({ port: 0 });
await using pool = await Pool.of(hash, {
  threads: 1,
  processes: 1,
  remotes: [`${server.host}:${server.port}`],
});

const kinds = new Map(pool.workers.map(({ name, kind }) => [name, kind]));
const byKind: Record<string, number> = {};
for await (const { worker } of pool.stream(Array.from({ length: 300 }, (_, i) => `text ${i}`))) {
  const kind = kinds.get(worker) ?? 'new';
  byKind[kind] = (byKind[kind] ?? 0) + 1;
}
for (const kind of ['thread', 'process', 'remote'])
  console.log(kind, (byKind[kind] ?? 0) > 0 ? 'had its share' : 'idled');
console.log(pool.stats().calls, 'calls');
