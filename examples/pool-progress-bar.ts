import { Pool } from 'pyworkers';
import { countPrimes } from './pool-tasks.js';

const inputs = Array.from({ length: 40 }, (_, i) => 20_000 + 1000 * i);
let done = 0;

await using pool = await Pool.of(countPrimes); // a thread for each core
pool.on('finished', () => {
  done += 1;
  const bar = '#'.repeat((20 * done) / inputs.length).padEnd(20);
  if (process.stdout.isTTY) process.stdout.write(`\r[${bar}] ${done} of ${inputs.length}`);
});

const counts = await pool.run(inputs);
console.log(`\n${done} ranges, ${counts.reduce((sum, each) => sum + each)} primes`);
