import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Sweep, sweep } from 'pyworkers/sweep';
import * as tasks from '../fixtures/sweep-engine-tasks.js';
import { eventually } from '../support/eventually.js';
import { sweepFolder } from '../support/sweep-folder.js';

const driver = fileURLToPath(new URL('../fixtures/sweep-joining-driver.js', import.meta.url));
const execute = promisify(execFile);

describe('Two drivers of one sweep', () => {
  const folder = sweepFolder();

  it('share 300 tasks, none of which runs twice, and both have all results', async () => {
    const env = { ...process.env, PYW_NOTES: join(folder.path, 'notes') };
    const options = { env, timeout: 60_000 };
    const both = await Promise.all([0, 1].map(() => execute(process.execPath, [driver, folder.output], options)));
    for (const { stdout } of both) assert.deepEqual(JSON.parse(stdout), { done: 300, missing: 0 });
    const ran = folder.lines('notes').map((line) => Number(line.split(' ')[1]));
    assert.deepEqual(
      ran.sort((a, b) => a - b),
      Array.from({ length: 300 }, (_, i) => i),
    );
  }).timeout(90_000);

  it('try a task that fails as often as one of them may, and it has failed for both', async () => {
    const notes = join(folder.path, 'notes');
    const here = new Set<string>();
    const both = ['one', 'other'].map(
      (name) =>
        new Sweep({
          output: folder.output,
          join: true,
          variables: { x: Array.from({ length: 20 }, (_, i) => i) },
          task: tasks.fails,
          workers: { count: 1, env: { PYW_NOTES: notes } },
          hooks: {
            async beforeAll() {
              here.add(name);
              await eventually(() => here.size === 2, 20_000);
            },
          },
        }),
    );
    const results = await Promise.all(both.map((each) => each.run()));
    assert.deepEqual(
      results.map(({ missing }) => missing.length),
      [20, 20],
    );
    assert.deepEqual(
      both.map(({ counters }) => [counters?.failures, counters?.finished, counters?.active]),
      [
        [20, 20, 0],
        [20, 20, 0],
      ],
    );
    assert.equal(folder.lines('notes').length, 20);
    const again = await sweep({ ...both[0]?.spec, hooks: {} });
    assert.equal(again.missing.length, 20);
    assert.equal(folder.lines('notes').length, 40, 'a later run tries them again');
  }).timeout(60_000);

  it('are not both let in where they did not ask to join', async () => {
    const spec = { output: folder.output, variables: { x: [1] }, task: tasks.slow, workers: { count: 1 } };
    const first = sweep(spec);
    await assert.rejects(sweep(spec), /at work already/);
    assert.equal((await first).length, 1);
  });
});
