import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Sweep, type SweepSpec, sweep } from 'pyworkers/sweep';
import * as tasks from '../fixtures/sweep-engine-tasks.js';
import { isRunning } from '../support/processes.js';
import { sweepFolder } from '../support/sweep-folder.js';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('What goes wrong in a sweep', () => {
  const folder = sweepFolder();
  const study = (more: SweepSpec): SweepSpec => ({
    output: folder.output,
    ...more,
    workers: { count: 1, ...more.workers, env: { PYW_NOTES: join(folder.path, 'notes') } },
  });

  it('starts no worker, and asks for no GPU, when all is done already', async () => {
    const spec = study({ variables: { x: [1, 2] }, task: tasks.plain });
    await sweep(spec);
    const again = new Sweep({ ...spec, workers: { count: 1, gpus: [17] } });
    const started: string[] = [];
    again.on('worker', (name) => started.push(name));
    assert.equal((await again.run()).length, 2);
    assert.deepEqual(started, []);
  });

  it('starts no more workers than there are tasks', async () => {
    const one = new Sweep(study({ variables: { x: [1] }, task: tasks.plain, workers: { count: 3 } }));
    const started: string[] = [];
    one.on('worker', (name) => started.push(name));
    await one.run();
    assert.deepEqual(started, ['worker-1']);
  });

  it('leaves the work to the others where a worker cannot be started', async () => {
    const study2 = new Sweep(
      study({ variables: { x: upTo(6) }, task: tasks.slow, workers: { count: 2, setup: tasks.setUpSecondFails } }),
    );
    const notes: string[] = [];
    study2.on('note', (text) => notes.push(text));
    assert.equal((await study2.run()).length, 6);
  });

  it('rejects when no worker at all can be started, and says why', async () => {
    const spec = study({ variables: { x: upTo(6) }, task: tasks.plain });
    for (const count of [1, 2]) {
      const workers = { count, setup: tasks.setUpFails };
      await assert.rejects(sweep({ ...spec, workers }), /no licence for this machine/);
    }
    await assert.rejects(
      sweep({ ...spec, canary: true, workers: { count: 2, setup: tasks.setUpFails } }),
      /no licence/,
    );
  });

  it('ends a setup that hangs when its time is over', async () => {
    for (const setup of [tasks.loops, tasks.hangsAtEnd]) {
      const workers = { count: 1, setup, setupTimeoutMs: 1000 };
      const spec = study({ output: join(folder.path, setup.name), variables: { x: [1] }, task: tasks.plain, workers });
      await assert.rejects(sweep({ ...spec, graceMs: 200 }), /not ready within its setupTimeoutMs of 1000/);
    }
  }).timeout(60_000);

  it('fails what a hook belongs to, when that throws', async () => {
    const ofTask = await sweep(
      study({
        variables: { x: upTo(3) },
        task: tasks.plain,
        hooks: {
          beforeTask: ({ index }) => index === 0 && Promise.reject(new Error('not today')),
          afterTask: ({ index }) => index === 1 && Promise.reject(new Error('not like this')),
        },
      }),
    );
    assert.deepEqual(
      [...ofTask.missing].map(({ error }) => error?.message),
      ['not today', 'not like this'],
    );
    assert.equal(ofTask.length, 1);
  });

  it('fails the sweep when a hook of all of it or of every worker throws, and leaves nothing at work', async () => {
    const thrown = (): never => {
      throw new Error('the hook fails');
    };
    for (const name of ['beforeAll', 'afterAll', 'beforeWorker'] as const) {
      const spec = study({ output: join(folder.path, name), variables: { x: [1] }, task: tasks.plain });
      await assert.rejects(sweep({ ...spec, hooks: { [name]: thrown } }), /the hook fails/);
      assert.equal((await sweep(spec)).length, 1);
    }
  });

  it('bears hooks that throw when there is nothing left to fail', async () => {
    const notes: string[] = [];
    const spec = study({
      variables: { model: { values: ['a'], load: tasks.load } },
      task: tasks.whoAmI,
      hooks: {
        onUnload: () => Promise.reject(new Error('no matter')),
        afterWorker: () => Promise.reject(new Error('no matter either')),
      },
    });
    const one = new Sweep(spec);
    one.on('note', (text) => notes.push(text));
    const results = await one.run();
    assert.equal(results.length, 1);
    assert.equal(isRunning(Number(results.rows[0]?.pid)), false);
    assert.match(notes.join('\n'), /onUnload of worker-1 has thrown: no matter[\s\S]*afterWorker/);
  });

  it('can be stopped at once while a verify, or a hook, never comes back', async () => {
    for (const more of [
      { verify: () => new Promise<never>(() => {}) },
      { hooks: { beforeTask: () => new Promise(() => {}) } },
    ]) {
      const hung = new Sweep(
        study({
          output: join(folder.path, String(Object.keys(more))),
          variables: { x: [1] },
          task: tasks.plain,
          ...more,
        }),
      );
      hung.on('started', () => setTimeout(() => hung.stop({ now: true }), 300));
      const [missing] = [...(await hung.run()).missing];
      assert.equal(missing?.reason, 'cancelled');
    }
  });

  it('makes a verify that throws a failure of its task', async () => {
    const results = await sweep(
      study({
        variables: { x: [1, 2] },
        task: tasks.plain,
        verify({ x }) {
          if (x === 1) throw new Error('cannot read it');
          return true;
        },
      }),
    );
    const [missing] = [...results.missing];
    assert.deepEqual([results.length, missing?.class, missing?.error?.message], [1, 'verify', 'cannot read it']);
  });

  it('makes a stopping rule that throws a failure of the task it looked at', async () => {
    const results = await sweep(
      study({
        variables: { x: [1, 2] },
        task: tasks.stopsOrNot,
        stopIf({ loss }) {
          if (loss === 1) throw new Error('the rule is wrong');
          return false;
        },
      }),
    );
    const [missing] = [...results.missing];
    assert.deepEqual([results.length, missing?.class, missing?.error?.message], [1, 'error', 'the rule is wrong']);
  });

  it('fails a task that tells as progress what cannot be recorded, and nothing else', async () => {
    for (const task of [tasks.tellsMap, tasks.tellsBehind]) {
      const results = await sweep(study({ output: join(folder.path, task.name), variables: { x: [1] }, task }));
      assert.match([...results.missing][0]?.error?.message ?? '', /table is a Map/);
    }
  });

  it('waits no longer for what was to be tried again, once it is stopped', async () => {
    const from = performance.now();
    const one = new Sweep(study({ variables: { x: [1] }, task: tasks.fails, retries: 3, retryDelayMs: 60_000 }));
    one.on('retried', () => one.stop());
    const results = await one.run();
    assert.equal([...results.missing][0]?.reason, 'failed');
    assert.deepEqual([one.counters?.failures, one.counters?.finished, one.counters?.retried], [1, 1, 1]);
    assert.ok(performance.now() - from < 20_000);
  });

  it('tries again by class of failure, so often as that says', async () => {
    for (const [task, retries, runs] of [
      [tasks.fails, 2, 3],
      [tasks.fails, { error: 1, lost: 5 }, 2],
      [tasks.fails, { lost: 5 }, 1],
      [tasks.exits, { lost: 1, error: 5 }, 2],
    ] as const) {
      const before = folder.lines('notes').length;
      const output = join(folder.path, `${task.name}${JSON.stringify(retries).replaceAll(/\W/g, '')}`);
      const results = await sweep(study({ output, variables: { x: [1] }, task, retries }));
      assert.equal([...results.missing][0]?.attempts, runs);
      assert.equal(folder.lines('notes').length - before, runs);
    }
  });

  it('holds a canary back from being followed while it is to be tried again', async () => {
    const order: string[] = [];
    const one = new Sweep(
      study({
        variables: { x: upTo(3), times: [1] },
        task: tasks.failsAtFirst,
        canary: true,
        retries: 1,
        retryDelayMs: 100,
        workers: { count: 2, kind: 'thread' },
      }),
    );
    one.on('started', ({ index }, _, attempt) => order.push(`${index}/${attempt}`));
    await one.run();
    assert.deepEqual(order.slice(0, 2), ['0/1', '0/2']);
  });

  it('records what JSON carries of a result, and fails tasks with others', async () => {
    const kinds = ['cycle', 'map', 'function', 'nan', 'numbers', 'thenable', 'nothing', 'text'];
    for (const kind of ['thread', 'process'] as const) {
      const output = join(folder.path, kind);
      const results = await sweep(study({ output, variables: { what: kinds }, task: tasks.gives, workers: { kind } }));
      assert.deepEqual(
        [...results.missing].map(({ params, error }) => [params.what, error?.message.split(',')[0]]),
        [
          ['cycle', 'result.children[0].parent holds itself'],
          ['map', 'result.table is a Map'],
          ['function', 'result.f is a function'],
        ],
      );
      const given = Object.fromEntries(results.rows.map(({ what, ...row }) => [what, row]));
      assert.equal(given.thenable?.y, 5);
      assert.equal(given.text?.value, 'only a text');
      assert.deepEqual(given.numbers?.numbers, [1.5, null]);
      assert.deepEqual([given.nan?.a, given.nan?.b, Object.is(given.nan?.c, 0)], [null, null, true]);
    }
  });

  it('takes a result of 100 megabytes', async () => {
    const results = await sweep(study({ variables: { megabytes: [100] }, task: tasks.givesMuch }));
    assert.equal(String(results.rows[0]?.text).length, 100 * 2 ** 20);
  }).timeout(60_000);

  it('is not held up by a flood of progress, and keeps the last of it', async () => {
    const results = await sweep(study({ variables: { times: [100_000] }, task: tasks.tellsMuch }));
    assert.equal(results.rows[0]?.step, 100_000);
  });

  it('adds what a task logs after its end to its own log', async () => {
    await sweep(
      study({
        variables: { x: upTo(20) },
        task: tasks.printsLater,
        workers: { teardown: tasks.hangsAtEnd },
        graceMs: 300,
      }),
    );
    const logged = readdirSync(folder.output)
      .filter((name) => name.startsWith('x='))
      .flatMap((name) => readdirSync(join(folder.output, name)).filter((file) => file.startsWith('log.')));
    assert.equal(logged.length, 20);
  });

  it('ends a teardown that hangs', async () => {
    const from = performance.now();
    const results = await sweep(
      study({ variables: { x: [1] }, task: tasks.whoAmI, workers: { teardown: tasks.hangsAtEnd }, graceMs: 200 }),
    );
    assert.deepEqual(folder.lines('notes'), ['hanging']);
    assert.equal(isRunning(Number(results.rows[0]?.pid)), false);
    assert.ok(performance.now() - from < 10_000);
  });

  it('ends what a task has left running, when its worker ends', async () => {
    await sweep(study({ variables: { x: [1] }, task: tasks.leavesChild }));
    assert.equal(isRunning(Number(readFileSync(join(folder.output, 'x=1', 'child'), 'utf8'))), false);
  });

  it('ends a task whose worker holds more memory than it may, as oom', async () => {
    const results = await sweep(
      study({ variables: { megabytes: [600] }, task: tasks.hoards, workers: { memoryMb: 300 }, graceMs: 300 }),
    );
    const [missing] = [...results.missing];
    assert.deepEqual([missing?.class, /more than the 300 MB/.test(missing?.error?.message ?? '')], ['oom', true]);
  });

  it('replaces a worker after so many tasks, with setup and teardown in each', async () => {
    const results = await sweep(
      study({
        variables: { x: upTo(5) },
        task: tasks.slow,
        workers: { tasksMax: 2, setup: tasks.setUp, teardown: tasks.tearDown },
      }),
    );
    const pids = results.rows.map(({ pid }) => pid);
    assert.equal(new Set(pids).size, 3);
    const expected = [...new Set(pids)].flatMap((pid) => [`setup ${pid}`, `teardown ${pid}`]);
    assert.deepEqual(
      folder.lines('notes').filter((line) => !line.startsWith('ran')),
      expected,
    );
  });

  it('goes on with the same worker, and what that has loaded, after a task that was stopped early', async () => {
    const results = await sweep(
      study({
        variables: { model: { values: ['a'], load: tasks.load }, x: [1, 5, 2, 6] },
        task: tasks.stopsOrNot,
        stopIf: ({ loss }) => (loss as number) > 4,
      }),
    );
    assert.equal(results.length, 2);
    assert.deepEqual(folder.lines('notes'), ['load a']);
  });

  it('does not count as done a task that was asked to stop, and returned what it had', async () => {
    const early = await sweep(
      study({ variables: { x: [5] }, task: tasks.returnsWhenAsked, stopIf: ({ loss }) => (loss as number) > 4 }),
    );
    assert.equal([...early.missing][0]?.reason, 'stopped');
    const one = new Sweep(study({ variables: { x: [1] }, task: tasks.returnsWhenAsked }));
    one.on('progress', () => one.stop({ now: true }));
    assert.equal([...(await one.run()).missing][0]?.reason, 'cancelled');
  });

  it('fails as timeout a task that returned when its time was over, and records what it returned', async () => {
    for (const task of [tasks.returnsLate, tasks.blocksUntilAsked]) {
      const output = join(folder.path, task.name);
      const results = await sweep(study({ output, variables: { x: [5] }, task, timeoutMs: 200, success: 'always' }));
      const [missing] = [...results.missing];
      assert.deepEqual([results.length, missing?.class], [0, 'timeout']);
      assert.match(missing?.error?.message ?? '', /longer than its timeoutMs of 200.* is recorded, and does not count/);
      const status = JSON.parse(readFileSync(join(output, 'x=5', 'status.json'), 'utf8'));
      assert.deepEqual([status.status, status.result], ['failed', { y: 5 }]);
    }
  });

  it('is over at once when it was stopped before it ran, or its signal has aborted', async () => {
    const spec = study({ variables: { x: [1] }, task: tasks.plain });
    const stopped = new Sweep(spec);
    stopped.stop();
    assert.equal((await stopped.run()).length, 0);
    assert.equal((await sweep({ ...spec, workers: { gpus: 1, count: 1 }, signal: AbortSignal.abort() })).length, 0);
  });

  it('is stopped while its workers start', async () => {
    const one = new Sweep(
      study({ variables: { x: [1] }, task: tasks.plain, workers: { setup: tasks.waits }, graceMs: 200 }),
    );
    setTimeout(() => one.stop({ now: true }), 600);
    assert.equal((await one.run()).length, 0);
  });

  it('rejects when its journal is lost, and leaves no worker behind', async () => {
    const one = new Sweep(study({ variables: { x: upTo(200) }, task: tasks.slow, workers: { count: 2 } }));
    one.on('ended', ({ index }) => index === 5 && rmSync(join(folder.output, '.pyw', 'journal'), { recursive: true }));
    await assert.rejects(one.run(), { name: 'LedgerError' });
    assert.deepEqual(one.workers, []);
  });

  it('writes into no folder that has something else where its tasks would be', async () => {
    mkdirSync(join(folder.output, 'x=1'), { recursive: true });
    writeFileSync(join(folder.output, 'x=1', 'mine'), '');
    await assert.rejects(sweep(study({ variables: { x: [1] }, task: tasks.plain })), /x=1/);
    assert.equal(existsSync(join(folder.output, '.pyw')), false);
  });

  it('refuses workers that cannot be', async () => {
    const spec = study({ variables: { x: [1] }, task: tasks.plain });
    for (const [wrong, expected] of [
      [{ workers: { count: 0 } }, /nobody to work/],
      [{ workers: { kind: 'thread', memoryMb: 5 } }, /memoryMb/],
      [{ join: true, existing: 'overwrite' }, /joins/],
    ] as const) {
      assert.throws(() => new Sweep({ ...spec, ...wrong }), expected);
    }
  });

  it('keeps to a limit in a loop that never awaits, on workers of every kind that can be cut off', async () => {
    for (const kind of ['thread', 'process'] as const) {
      const output = join(folder.path, kind);
      const results = await sweep(
        study({ output, variables: { x: [1] }, task: tasks.loops, timeoutMs: 300, graceMs: 200, workers: { kind } }),
      );
      assert.equal([...results.missing][0]?.class, 'timeout');
    }
  });

  it('bears many workers at once without a warning', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): unknown => warnings.push(warning);
    process.on('warning', onWarning);
    await sweep(study({ variables: { x: upTo(60) }, task: tasks.slow, workers: { count: 15, kind: 'thread' } }));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    assert.deepEqual(warnings, []);
  });
});
