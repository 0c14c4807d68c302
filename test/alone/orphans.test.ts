import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from '../support/eventually.js';
import { isRunning } from '../support/processes.js';

const script = fileURLToPath(new URL('../fixtures/doomed-caller.js', import.meta.url));

describe('When the caller dies', () => {
  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT'] as const) {
    it(`by ${signal}, while its workers block, nothing of theirs is left after 2 s`, async () => {
      const caller = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
      const pids = await pidsSaid(caller);
      assert.equal(pids.filter(isRunning).length, pids.length);
      caller.kill(signal);
      await once(caller, 'exit');
      const others = pids.filter((pid) => pid !== caller.pid);
      assert.equal(others.length, 7);
      await eventually(() => !others.some(isRunning), 2000);
    });
  }
});

async function pidsSaid(caller: ChildProcess): Promise<number[]> {
  let text = '';
  for await (const chunk of caller.stdout ?? []) {
    text += String(chunk);
    if (text.endsWith('\n')) break;
  }
  return JSON.parse(text);
}
