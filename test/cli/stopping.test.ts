import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { isRunning } from '../support/processes.js';
import { type Started, SweepCommand } from '../support/sweep-command.js';

/** Each task says which process it is, and waits until it may go on. */
const work = ['--', 'echo $$ > pid.{i}; while [ ! -e go ]; do sleep 0.05; done; echo went on'];
const study = ['-p', 'i=1..4', '-w', '2', ...work];

describe('pyw-sweep', function () {
  this.timeout(60_000); // each of them starts processes, many of them one after the other
  let command: SweepCommand;
  beforeEach(() => {
    command = new SweepCommand();
  });
  afterEach(() => command.remove());

  const pidOf = (i: number): number => Number(readFileSync(join(command.path, `pid.${i}`), 'utf8'));
  const isBegun = (i: number): boolean => existsSync(join(command.path, `pid.${i}`)) && pidOf(i) > 0;

  async function begun(): Promise<Started> {
    const run = command.start(['run', ...study]);
    await eventually(() => isBegun(1) && isBegun(2), 15_000);
    return run;
  }

  it('begins no further task after one Ctrl-C, lets those that run come to their end, and says so', async () => {
    const run = await begun();
    run.child.kill('SIGINT');
    await eventually(() => /no further task is begun; 2 still run\. Ctrl-C again ends them/.test(run.stderr));
    assert.ok(isRunning(pidOf(1)) && isRunning(pidOf(2)));
    command.write('go', '');
    const { code } = await run.ended;
    assert.equal(code, 130);
    const { counts } = await command.json(['status']);
    assert.deepEqual([counts.done, counts.cancelled, counts.waiting], [2, 0, 2]);
    const again = await command.json(['run', ...study]);
    assert.deepEqual([again.exitCode, again.skipped, again.done], [0, 2, 2]);
  });

  it('ends everything at once after two, and leaves nothing running', async () => {
    const run = await begun();
    run.child.kill('SIGINT');
    await eventually(() => /still run/.test(run.stderr));
    run.child.kill('SIGINT');
    const { code, stderr } = await run.ended;
    assert.equal(code, 130);
    assert.match(stderr, /Stopping at once/);
    await eventually(() => !isRunning(pidOf(1)) && !isRunning(pidOf(2)));
    const { counts, isRunning: isAtWork } = await command.json(['status']);
    assert.deepEqual([counts.done, counts.cancelled, isAtWork], [0, 2, false]);
  });

  it('takes SIGTERM for that as well', async () => {
    const run = await begun();
    run.child.kill('SIGTERM');
    assert.equal((await run.ended).code, 143);
    await eventually(() => !isRunning(pidOf(1)) && !isRunning(pidOf(2)));
    const { counts, isRunning: isAtWork } = await command.json(['status']);
    assert.deepEqual([counts.cancelled, counts.waiting, isAtWork], [2, 2, false]);
    command.write('go', '');
    assert.deepEqual([(await command.json(['run', ...study])).done], [4]);
  });

  it('stops a sweep that runs elsewhere politely, and waits for it', async () => {
    const run = await begun();
    const status = await command.json(['status']);
    assert.deepEqual(
      [status.isRunning, status.counts.running, status.running.map(({ folder }) => folder).sort()],
      [true, 2, ['i=1', 'i=2']],
    );
    const stop = command.start(['stop', '--json']);
    await eventually(() => /was told to stop/.test(stop.stderr), 10_000);
    assert.ok(isRunning(pidOf(1)));
    command.write('go', '');
    const { code, stdout } = await stop.ended;
    assert.equal(code, 0);
    assert.deepEqual(
      (JSON.parse(stdout) as { drivers: { pid: number; outcome: string }[] }).drivers.map(({ pid, outcome }) => [
        pid,
        outcome,
      ]),
      [[run.child.pid, 'stopped']],
    );
    assert.equal((await run.ended).code, 130);
  });

  it('stops it at once with --now, and says that nothing is at work when asked again', async () => {
    const run = await begun();
    const { code, stdout } = await command.run(['stop', '--now']);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`Process ${run.child.pid} has ended`));
    await run.ended;
    await eventually(() => !isRunning(pidOf(1)));
    const again = await command.run(['stop']);
    assert.deepEqual([again.code, again.stdout.includes('Nothing is at work')], [0, true]);
  });

  it('waits no longer than it is told, and then says that it goes on', async () => {
    const run = await begun();
    const { code, stdout } = await command.run(['stop', '--wait', '200ms']);
    assert.equal(code, 1);
    assert.match(stdout, /has not ended yet/);
    command.write('go', '');
    await run.ended;
  });

  it('takes a killed driver for gone, and its tasks for lost until they are run again', async () => {
    const run = await begun();
    run.child.kill('SIGKILL');
    await run.ended;
    await eventually(() => !isRunning(pidOf(1)) && !isRunning(pidOf(2)), 15_000);
    const { counts, isRunning: isAtWork } = await command.json(['status']);
    assert.deepEqual([counts.lost, counts.running, isAtWork], [2, 0, false]);
    const stop = await command.run(['stop']);
    assert.deepEqual([stop.code, stop.stdout.includes('Nothing is at work')], [0, true]);
    command.write('go', '');
    assert.equal((await command.run(['run', ...study])).code, 0);
  });

  it('follows the log of a task until that has ended', async () => {
    const run = await begun();
    const logs = command.start(['logs', '-f', 'i=1']);
    await eventually(() => /log\.command/.test(logs.stderr), 10_000);
    assert.equal(logs.child.exitCode, null);
    command.write('go', '');
    const { stdout, code } = await logs.ended;
    assert.deepEqual([code, stdout], [0, 'went on\n']);
    await run.ended;
  });

  it('watches a sweep until nobody is at work', async () => {
    const run = await begun();
    const watch = command.start(['watch', '--json']);
    await eventually(() => watch.stdout.includes('\n'), 10_000);
    command.write('go', '');
    await run.ended;
    const { stdout, code } = await watch.ended;
    const told = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { counts: { done: number }; isRunning: boolean });
    assert.equal(code, 0);
    assert.deepEqual([told[0]?.isRunning, told[0]?.counts.done], [true, 0]);
    assert.deepEqual([told.at(-1)?.isRunning, told.at(-1)?.counts.done], [false, 4]);
  });

  it('tells a search of what failed before, and runs that again only when asked to', async () => {
    const search = 'search: { next: ({ length }) => (length < 3 ? { x: length } : undefined) }';
    command.write(
      'study.mjs',
      `export default { ${search}, commands: 'echo {x} >> ran; test -e ok || test {x} != 1' };`,
    );
    for (const _ of [1, 2]) {
      const { exitCode, failures, missing } = await command.json(['run', '-y', 'study.mjs', '-w', '1']);
      assert.deepEqual([exitCode, failures, missing.map(({ folder }) => folder)], [1, 1, ['x=1']]);
    }
    assert.equal(command.read('ran'), '0\n1\n2\n');
    command.write('ok', '');
    const { exitCode, missing } = await command.json(['retry']);
    assert.deepEqual([exitCode, missing], [0, []]);
    assert.equal(command.read('ran'), '0\n1\n2\n1\n');
  });

  it('tries again only what has failed, as it was run before, from any folder', async () => {
    const failing = [
      '-p',
      'i=1..4',
      '--',
      'echo ran >> ran.{i}; [ -e fixed ] || [ {i} != 2 ] && [ {i} != 3 ] || [ -e fixed ]',
    ];
    assert.equal((await command.run(['run', '--limit', '3', ...failing])).code, 1);
    command.write('fixed', '');
    const tries = (i: number): number => {
      const path = join(command.path, `ran.${i}`);
      return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').length : 0;
    };
    const retried = await command.json(['retry', join(command.path, 'sweep-output')], { cwd: '/' });
    assert.deepEqual([retried.exitCode, retried.total, retried.done], [0, 2, 2]);
    assert.deepEqual([tries(1), tries(2), tries(3), tries(4)], [1, 2, 2, 0]);
    const nothing = await command.run(['retry']);
    assert.equal(nothing.code, 0);
    assert.match(nothing.stderr, /Nothing to try again/);
    const unknown = await command.run(['retry', '--class', 'sadness']);
    assert.equal(unknown.code, 2);
  });
});
