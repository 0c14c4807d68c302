import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stopper, Sweep, type SweepSpec, type Task } from 'pyworkers/sweep';
import * as tasks from '../fixtures/sweep-view-tasks.js';
import { eventually } from '../support/eventually.js';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('A sweep that is steered while it runs', () => {
  let folder: string;
  const pass = (...xs: readonly (number | string)[]): void => {
    for (const x of xs) writeFileSync(join(folder, String(x)), '');
  };
  const study = (count: number, more: SweepSpec = {}): Sweep =>
    new Sweep({
      output: join(folder, 'out'),
      variables: { x: upTo(count) },
      task: tasks.gated,
      workers: { count: 1, kind: 'thread', env: { PYW_GATES: folder } },
      graceMs: 200,
      ...more,
    });
  const namesOf = ({ workers }: Sweep): string[] => workers.map(({ name }) => name);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pyw-steer-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('gets a worker that takes its share, and lets one go only when its task has ended', async () => {
    const sweep = study(6);
    const results = sweep.run();
    await eventually(() => sweep.counters?.active === 1);
    assert.equal(sweep.addWorker(), 'worker-2');
    await eventually(() => sweep.counters?.active === 2);
    assert.equal(sweep.removeWorker(), 'worker-2');
    assert.deepEqual(
      sweep.workers.map(({ name, isLeaving, state }) => [name, isLeaving, state]),
      [
        ['worker-1', false, 'running'],
        ['worker-2', true, 'running'],
      ],
    );
    assert.throws(() => sweep.removeWorker(), /One worker has to stay/);
    pass('mended', 0, 1);
    await eventually(() => namesOf(sweep).join() === 'worker-1');
    pass('all');
    assert.equal((await results).length, 6);
    assert.throws(() => sweep.addWorker(), /nothing left to begin/);
  });

  it('lets a worker go at once that has nothing to do', async () => {
    const sweep = study(1);
    const results = sweep.run();
    await eventually(() => sweep.counters?.active === 1);
    sweep.addWorker();
    await eventually(() => sweep.workers[1]?.state === 'waiting');
    assert.equal(sweep.workers[1]?.reason, 'no task is free for it');
    assert.equal(sweep.removeWorker(), 'worker-2');
    await eventually(() => namesOf(sweep).length === 1);
    pass('all');
    assert.equal((await results).length, 1);
  });

  it('does failed tasks once more when it is asked to, and counts their attempts on', async () => {
    const sweep = study(4);
    const reopened: string[] = [];
    sweep.on('reopened', ({ folder: name }) => reopened.push(name));
    const results = sweep.run();
    pass(0, 1, 2);
    await eventually(() => sweep.counters?.finished === 3 && sweep.counters.active === 1);
    assert.equal(sweep.retryFailed(), 1);
    assert.equal(sweep.retryFailed(), 0);
    assert.deepEqual(reopened, ['x=1']);
    const { failures, finished } = sweep.counters ?? {};
    assert.deepEqual({ failures, finished }, { failures: 0, finished: 2 });
    pass('mended', 3);
    assert.deepEqual(
      (await results).toRecords(),
      upTo(4).map((x) => ({ x, y: x })),
    );
    const status = JSON.parse(readFileSync(join(folder, 'out', 'x=1', 'status.json'), 'utf8')) as { attempt: number };
    assert.equal(status.attempt, 2);
  });

  it('lets rules that stop early forget what tasks have told that are begun anew', async () => {
    const forgotten: string[] = [];
    const stopIf = { look: () => undefined, forget: ({ folder: name }: Task) => void forgotten.push(name) };
    const sweep = study(4, { stopIf });
    const results = sweep.run();
    pass(0, 1, 2);
    await eventually(() => sweep.counters?.finished === 3 && sweep.counters.active === 1);
    assert.deepEqual(forgotten, []);
    sweep.retryFailed();
    assert.deepEqual(forgotten, ['x=1']);
    pass('mended', 3);
    assert.equal((await results).length, 4);
    rmSync(join(folder, 'mended'));
    await study(2, { stopIf, retries: { error: 2 }, output: join(folder, 'retried') }).run();
    assert.deepEqual(forgotten, ['x=1', 'x=1', 'x=1']);
  });

  it('loads a value again that could not be made, for tasks that are done once more', async () => {
    const sweep = study(0, { variables: { model: { values: ['m', 'n'], load: tasks.loadUnlessBroken }, x: [0, 2] } });
    pass('broken', 0);
    const results = sweep.run();
    await eventually(() => sweep.counters?.failures === 2 && sweep.counters.active === 1);
    rmSync(join(folder, 'broken'));
    assert.equal(sweep.retryFailed(), 2);
    pass('all');
    assert.equal((await results).length, 4);
  });

  it('says how long it will take yet, once a task has ended', async () => {
    const sweep = study(10);
    const results = sweep.run();
    await eventually(() => sweep.counters?.active === 1);
    assert.equal(sweep.remaining, undefined);
    pass(0);
    await eventually(() => sweep.counters?.finished === 1);
    const { minMs = 0, maxMs = 0 } = sweep.remaining ?? {};
    assert.ok(minMs > 0 && maxMs >= minMs, `${minMs} to ${maxMs}`);
    pass('all', 'mended');
    await results;
  });

  it('knows processor time and memory of a worker with all that it has started', async () => {
    const sweep = study(1, { task: tasks.burns, workers: { count: 1, env: { PYW_GATES: folder } } });
    const results = sweep.run();
    await eventually(() => (sweep.workers[0]?.cpuPercent ?? 0) > 20, 15_000); // a child burns, the worker itself waits
    assert.ok((sweep.workers[0]?.memoryMb ?? 0) > 10);
    pass('all');
    assert.equal((await results).length, 1);
  });

  it('is stopped politely by the first request, and at once by the second', async () => {
    const sweep = study(4);
    const said: string[] = [];
    const stopper = new Stopper(sweep, (text) => said.push(text));
    const results = sweep.run();
    await eventually(() => sweep.counters?.active === 1);
    stopper.stop();
    assert.equal(sweep.counters?.active, 1);
    assert.match(said.join(), /^Stopping: what runs is finished/);
    stopper.stop();
    stopper.stop();
    assert.deepEqual(
      [...(await results).missing].map(({ reason }) => reason),
      ['cancelled', 'notRun', 'notRun', 'notRun'],
    );
    assert.equal(said.length, 2);
  });
});
