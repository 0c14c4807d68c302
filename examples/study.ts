import { sweep, writeReport } from 'pyworkers/sweep';
import { integrate } from './sweep-tasks.js';

/** A study whose answer is known: the area under e^x from 0 to 1 is e - 1. Four rules, ever more parts. */
const study = (kind: 'thread' | 'process') =>
  sweep({
    output: `build/study/${kind}`,
    variables: {
      rule: ['left', 'midpoint', 'trapezoid', 'simpson'],
      n: { from: 4, to: 256, step: 4, scale: 'log' },
    },
    task: integrate,
    workers: { count: 2, kind },
    existing: 'overwrite',
  });

const [threads, processes] = await Promise.all([study('thread'), study('process')]);
const isSame = JSON.stringify(threads.rows) === JSON.stringify(processes.rows);

console.log('A sweep: the area under e^x from 0 to 1, by four rules.\n');
console.log(processes.table().join('\n'));
const [best] = processes.best('error', { goal: 'min' });
console.log(`\nbest: ${best?.rule} with ${best?.n} parts, off by ${best?.error}`);
console.log(`threads and processes found ${isSame ? 'the same' : 'something else'}`);

const report = 'build/study/report.html';
await writeReport(report, processes.entries, { output: 'build/study/process', objective: { metric: 'error' } });
console.log(`The report is in ${report}; open it in a browser.`);
