import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Sweep, type SweepSpec } from 'pyworkers/sweep';
import * as tasks from '../fixtures/sweep-apart-tasks.js';
import { fails, plain, setUpFails, waits } from '../fixtures/sweep-engine-tasks.js';
import { sweepFolder } from '../support/sweep-folder.js';

describe('The stream of a sweep', () => {
  const folder = sweepFolder();
  const study = (more: SweepSpec): Sweep =>
    new Sweep({
      output: folder.output,
      variables: { x: [1, 2] },
      graceMs: 300,
      ...more,
      workers: { count: 1, ...more.workers, env: { PYW_NOTES: join(folder.path, 'notes') } },
    });
  const told = async (sweep: Sweep): Promise<string[]> => {
    const all: string[] = [];
    for await (const { task, end } of sweep.stream()) all.push(`${task.folder} ${end.status}`);
    return all;
  };

  it('gives each task as it ends, while others are at work', async () => {
    const all: string[] = [];
    for await (const { task, end } of study({ task: tasks.secondWaits }).stream()) {
      all.push(`${task.folder} ${end.status}`);
      if (all.length === 1) writeFileSync(join(folder.path, 'notes'), 'the second may end');
    }
    assert.deepEqual(all, ['x=1 done', 'x=2 done']);
  });

  it('has what has failed, too, and nothing that was over before', async () => {
    assert.deepEqual(await told(study({ task: plain })), ['x=1 done', 'x=2 done']);
    assert.deepEqual(await told(study({ task: plain, variables: { x: [1, 2, 3] } })), ['x=3 done']);
    const output = join(folder.path, 'other');
    assert.deepEqual(await told(study({ task: fails, output })), ['x=1 failed', 'x=2 failed']);
  });

  it('gives the results of all in the end', async () => {
    const stream = study({ task: plain }).stream();
    for (let next = await stream.next(); ; next = await stream.next()) {
      if (!next.done) continue;
      assert.equal(next.value.length, 2);
      break;
    }
  });

  it('stops the sweep when its loop is left, and leaves nothing at work', async () => {
    const one = study({ task: tasks.secondHangs, variables: { x: [1, 2, 3] } });
    for await (const { task } of one.stream()) {
      assert.equal(task.folder, 'x=1');
      break;
    }
    assert.deepEqual(one.workers, []);
    assert.equal(one.counters?.done, 1);
    assert.deepEqual(await told(study({ task: plain, changed: 'accept', variables: { x: [1, 2, 3] } })), [
      'x=2 done',
      'x=3 done',
    ]);
  });

  it('ends when the sweep is stopped elsewhere', async () => {
    const one = study({ task: waits });
    one.on('started', () => one.stop({ now: true }));
    assert.deepEqual(await told(one), ['x=1 cancelled']);
  });

  it('rejects where the sweep does', async () => {
    await assert.rejects(told(study({ task: plain, workers: { setup: setUpFails } })), /no licence/);
  });
});
