import { rmSync } from 'node:fs';
import { Sweep } from 'pyworkers/sweep';
import { countPairs, primesBelow } from './sweep-tasks.js';

const output = 'build/sweep-loads';

// Twelve tasks, two values that are expensive to make, two workers. Each value is made once, in the worker that needs it;
// once more only where a worker that ran dry helps out, because that is sooner done than waiting.
const study = new Sweep({
  output,
  variables: {
    limit: { values: [5_000_000, 6_000_000], load: primesBelow },
    gap: [2, 4, 6, 8, 10, 12],
  },
  task: countPairs,
  workers: { count: 2 },
});
const results = await study.run();

console.log(results.table().join('\n'));
console.log(`${study.counters?.done} tasks, ${study.counters?.loads} loads`);
rmSync(output, { recursive: true });
