import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { SweepResults, sweep } from 'pyworkers/sweep';
import * as tasks from '../fixtures/sweep-apart-tasks.js';
import { sweepFolder } from '../support/sweep-folder.js';

const burn = 'const from = process.cpuUsage().user; while (process.cpuUsage().user - from < 150_000);';

describe('What is recorded of a task', () => {
  const folder = sweepFolder();

  it('has its processor time: of its function, or of its commands with what they have started', async function () {
    if (process.platform !== 'linux') this.skip();
    const ofFunction = await sweep({
      output: folder.output,
      variables: { ms: [200, 0] },
      task: tasks.burns,
      workers: { count: 1 },
    });
    const [much, little] = timesOf(ofFunction);
    assert.ok(much >= 190 && little < much, `${much} and ${little}`);
    const ofCommands = await sweep({
      output: join(folder.path, 'commands'),
      variables: { code: [burn, ''] },
      commands: '(node -e {code}) | cat',
      workers: { count: 1 },
    });
    const [more, less] = timesOf(ofCommands);
    assert.ok(more >= 140 && less < more, `${more} and ${less}`);
  });

  it('is in its status file: attempt, times, host, and of each command its line, how it ended and its log', async () => {
    const from = Date.now();
    await sweep({
      output: folder.output,
      variables: { word: ["it's"] },
      commands: { write: 'echo {word} | cat', fail: '(exit 3)', never: 'true' },
      retries: { exit: 1 },
      workers: { count: 1 },
    });
    const inFolder = join(folder.output, readdirSync(folder.output).find((name) => name !== '.pyw') ?? '');
    const status = JSON.parse(readFileSync(join(inFolder, 'status.json'), 'utf8'));
    assert.deepEqual(
      [status.status, status.class, status.attempt, status.host, status.worker, status.gpus],
      ['failed', 'exit', 2, hostname(), 'worker-1', []],
    );
    assert.ok(from <= status.startedAt && status.startedAt <= status.endedAt && status.endedAt <= Date.now());
    const commands: Readonly<Record<string, unknown>>[] = status.commands;
    assert.deepEqual(
      commands.map(({ name, line, status: how, exitCode }) => [name, line, how, exitCode]),
      [
        ['write', "echo 'it'\\''s' | cat", 'done', 0],
        ['fail', '(exit 3)', 'failed', 3],
        ['never', 'true', 'skipped', undefined],
      ],
    );
    const logs = readdirSync(inFolder).filter((name) => name.startsWith('log.'));
    assert.deepEqual(logs.map((name) => name.split('.')[1]).sort(), ['fail', 'fail', 'write']);
    assert.ok(logs.includes(String(commands[1]?.log)));
  });
});

function timesOf({ entries }: SweepResults): [number, number] {
  const [first, second] = SweepResults.of(entries, { meta: ['cpuMs'] }).rows.map((row) => Number(row['task.cpuMs']));
  return [first ?? 0, second ?? 0];
}
