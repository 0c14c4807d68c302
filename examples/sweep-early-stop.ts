import { rmSync } from 'node:fs';
import { medianRule, Sweep } from 'pyworkers/sweep';
import { descend } from './sweep-tasks.js';

const output = 'build/sweep-early-stop';

const study = new Sweep({
  output,
  variables: { rate: [0.2, 0.1, 0.05, 0.02, 0.001] },
  task: descend,
  workers: { count: 1 },
  // Worse after ten steps than the median of the others, of which at least two have been there: not worth going on.
  stopIf: medianRule({ metric: 'loss', graceSteps: 10, minTasks: 2 }),
});
study.on('ended', ({ folder }, { status, error }) => console.log(`${folder} ${status} ${error?.message ?? ''}`.trim()));
const results = await study.run();

console.log(results.select('rate', 'loss').table().join('\n'));
const stopped = [...results.missing].map(({ params }) => params.rate);
console.log(`not worth going on with: ${stopped.join(', ')}`);
rmSync(output, { recursive: true });
