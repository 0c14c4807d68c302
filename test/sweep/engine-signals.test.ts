import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Sweep } from 'pyworkers/sweep';
import { signalled } from '../fixtures/sweep-signalled-study.js';
import { eventually } from '../support/eventually.js';
import { isRunning } from '../support/processes.js';
import { sweepFolder } from '../support/sweep-folder.js';

const driver = fileURLToPath(new URL('../fixtures/sweep-signalled-driver.js', import.meta.url));

describe('A sweep whose process gets SIGTERM', function () {
  this.timeout(90_000);
  const folder = sweepFolder();
  const pids = (): number[] =>
    readdirSync(folder.path)
      .filter((name) => name.startsWith('pid.'))
      .map((name) => Number(readFileSync(join(folder.path, name), 'utf8')));

  async function resumes(): Promise<void> {
    writeFileSync(join(folder.path, 'go'), '');
    const again = new Sweep(signalled(folder.path));
    assert.deepEqual(
      (await again.run()).rows.map(({ y }) => y),
      [1, 2, 3, 4],
    );
  }

  for (const [manner, ends, said] of [
    ['polite', [0, null], ['cancelled', 'cancelled', 'notRun', 'notRun']],
    ['silent', [null, 'SIGTERM'], undefined],
  ] as const) {
    const how =
      manner === 'polite' ? 'ends politely where its signal is bound to that' : 'ends at once where nobody asks';
    it(`${how}: nothing is left running, and the next one goes on`, async () => {
      const child = spawn(process.execPath, [driver, folder.path, manner], { stdio: ['ignore', 'pipe', 'inherit'] });
      const written = text(child.stdout);
      await eventually(() => pids().filter((pid) => pid > 0).length === 2, 30_000);
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      assert.deepEqual(await exit, ends);
      if (said) assert.deepEqual(JSON.parse(await written), said);
      await eventually(() => !pids().some(isRunning), 15_000);
      const status = join(folder.output, 'x=1', 'status.json');
      assert.equal(existsSync(status) && JSON.parse(readFileSync(status, 'utf8')).status, said ? 'cancelled' : false);
      await resumes();
    });
  }
});
