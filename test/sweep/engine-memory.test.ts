import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sweepFolder } from '../support/sweep-folder.js';

const driver = fileURLToPath(new URL('../fixtures/sweep-memory-driver.js', import.meta.url));
const TASKS = 10_000;

describe('The driver of a sweep of many tasks', () => {
  const folder = sweepFolder();

  it(`keeps little of each of ${TASKS} tasks that have ended: what came of them is on the disk`, async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--expose-gc', driver, folder.output, String(TASKS)],
      { timeout: 170_000 },
    );
    const { length, bytesPerTask } = JSON.parse(stdout);
    assert.equal(length, TASKS);
    assert.ok(bytesPerTask < 500, `${bytesPerTask} bytes a task`);
  }).timeout(180_000);
});
