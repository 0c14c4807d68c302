import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sweep } from 'pyworkers/sweep';
import * as tasks from '../fixtures/sweep-engine-tasks.js';
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

  it('are not both let in where they did not ask to join', async () => {
    const spec = { output: folder.output, variables: { x: [1] }, task: tasks.slow, workers: { count: 1 } };
    const first = sweep(spec);
    await assert.rejects(sweep(spec), /at work already/);
    assert.equal((await first).length, 1);
  });
});
