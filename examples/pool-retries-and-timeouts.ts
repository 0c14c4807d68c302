import { Pool } from 'pyworkers';
import { unreliable } from './pool-tasks.js';

await using pool = await Pool.of(
  unreliable,
  { processes: 1 },
  { timeoutMs: 500, retry: { attempts: 2, on: 'any', backoffMs: 10 } },
);
pool.on('retried', (index) => console.log(`input ${index} is tried again`));
pool.on('died', () => console.log('a worker died, and is replaced'));

console.log(await pool.call('flaky'));
for await (const item of pool.stream(['fine', 'crash', 'hang'] as const, { ordered: true })) {
  const end = item.type === 'returned' ? item.value : `${item.type}: ${(item.error as Error).message}`;
  console.log(`${item.input} (attempt ${item.attempt}) -> ${end}`);
}
