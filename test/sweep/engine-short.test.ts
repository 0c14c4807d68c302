import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Sweep, type SweepSpec, sweep } from 'pyworkers/sweep';
import { Ledger } from '#internal/sweep/ledger/ledger.js';
import { Portion } from '#internal/sweep/run/portion.js';
import * as tasks from '../fixtures/sweep-short-tasks.js';
import { sweepFolder } from '../support/sweep-folder.js';

const TASKS = 400;
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('Short tasks, of which a worker is given several at once', () => {
  const folder = sweepFolder();
  const study = (more: SweepSpec): SweepSpec => ({
    output: folder.output,
    variables: { x: upTo(TASKS) },
    defaults: { notes: tasks.notesIn(folder.path) },
    ...more,
  });
  const runs = (): number[] => readFileSync(tasks.notesIn(folder.path), 'utf8').trim().split('\n').map(Number);

  for (const kind of ['thread', 'process'] as const) {
    it(`are each run once, in their order, and told of as themselves (${kind})`, async () => {
      const short = new Sweep(study({ task: tasks.noted, workers: { count: 1, kind } }));
      const told: number[] = [];
      short.on('progress', (task, { seen }) => told.push(Number(seen) - Number(task.point.params.x)));
      const results = await short.run();
      assert.deepEqual(runs(), upTo(TASKS));
      assert.deepEqual(
        [...results].map(({ y, seen }) => [y, seen]),
        upTo(TASKS).map((x) => [x, x]),
      );
      assert.deepEqual(told, new Array(TASKS).fill(0));
      assert.equal(short.counters?.active, 0);
    });
  }

  it('are done by others where one of them takes long after all', async () => {
    const results = await sweep(study({ task: tasks.waitsForAllOthers, workers: { count: 2 } }));
    assert.deepEqual(
      [...results.missing].map(({ error }) => error?.message),
      [],
    );
    const { records } = Ledger.peek(folder.output);
    assert.deepEqual(
      [...records.ids()].map((id) => records.attemptsOf(id)),
      new Array(TASKS).fill(1), // those that were let go and done by another one, too
    );
    assert.deepEqual(
      runs().sort((a, b) => a - b),
      upTo(TASKS),
    );
  });

  it('are not to blame for one that takes its worker down', async () => {
    const results = await sweep(study({ task: tasks.killedInTheMiddle, workers: { count: 2 } }));
    assert.equal(results.length, TASKS - 1);
    assert.deepEqual(
      [...results.missing].map(({ params, class: failure }) => [params.x, failure]),
      [[150, 'lost']],
    );
  });

  it('are not to blame for one that takes too long', async () => {
    const results = await sweep(study({ task: tasks.endless, timeoutMs: 3000, graceMs: 200, workers: { count: 2 } }));
    assert.equal(results.length, TASKS - 1);
    assert.deepEqual(
      [...results.missing].map(({ params, class: failure }) => [params.x, failure]),
      [[150, 'timeout']],
    );
  });

  it('are not begun any more when the sweep is stopped; the next run does them, and no other', async () => {
    const stopped = new Sweep(study({ task: tasks.noted }));
    stopped.on('ended', ({ index }) => index === 100 && stopped.stop());
    const first = await stopped.run();
    assert.ok(first.length < TASKS, `${first.length}`);
    assert.equal(Ledger.peek(folder.output).running.length, 0);
    assert.equal((await sweep(study({ task: tasks.noted }))).length, TASKS);
    assert.deepEqual(runs(), upTo(TASKS));
  });
});

describe('How many tasks a worker is given at once', () => {
  it('is one at first, more while they are short, and one again when one was not', () => {
    const portion = new Portion();
    const sizes = [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 2, 0.1, 40, Number.POSITIVE_INFINITY].map((ms) => {
      portion.took(ms);
      return portion.size;
    });
    assert.deepEqual(sizes, [2, 4, 8, 16, 32, 32, 5, 10, 1, 1]);
  });
});
