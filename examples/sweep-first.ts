import { rmSync } from 'node:fs';
import { sweep } from 'pyworkers/sweep';
import { integrate } from './sweep-tasks.js';

const output = 'build/sweep-first';

const results = await sweep({
  output,
  variables: {
    rule: ['left', 'midpoint', 'trapezoid', 'simpson'],
    n: { from: 4, to: 16, step: 2, scale: 'log' },
  },
  task: integrate,
  workers: { count: 2 },
});

console.log(results.table().join('\n'));
const [best] = results.best('error', { goal: 'min' });
console.log(`best: ${best?.rule} with ${best?.n} parts`);
rmSync(output, { recursive: true });
