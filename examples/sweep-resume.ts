import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sweep, type SweepSpec } from 'pyworkers/sweep';
import { cube } from './sweep-tasks.js';

const folder = mkdtempSync(join(tmpdir(), 'sweep-resume-'));
const diary = join(folder, 'diary');
const spec: SweepSpec = {
  output: join(folder, 'output'),
  variables: { x: { from: 1, to: 12 } },
  defaults: { diary },
  task: cube,
  workers: { count: 2 },
};

// Somebody stops it after five tasks. A crash, a power cut or SIGKILL would do as well.
const first = new Sweep(spec);
let done = 0;
first.on('ended', () => {
  done += 1;
  if (done === 5) first.stop();
});
const some = await first.run();
console.log(some.length >= 5 && some.length < 12 ? 'stopped in the middle' : `${some.length} of 12`);

// The same call again does the rest.
const second = new Sweep(spec);
const all = await second.run();
console.log(`${all.length} of 12 are there, ${all.missing.length} are missing`);

const runs = readFileSync(diary, 'utf8').trim().split('\n');
console.log(`${runs.length} runs of ${new Set(runs).size} tasks`);
console.log(second.counters?.skipped === some.length ? 'what was done was not done again' : 'something ran twice');
rmSync(folder, { recursive: true });
