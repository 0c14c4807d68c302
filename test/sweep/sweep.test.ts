import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sweep, type SweepResults, type SweepSpec, sourced, sweep } from 'pyworkers/sweep';
import * as tasks from '../fixtures/sweep-tasks.js';
import { eventually } from '../support/eventually.js';
import { isRunning } from '../support/processes.js';

const withoutVariables = ({ variables: _, ...others }: SweepSpec): SweepSpec => others;
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('A sweep', () => {
  let folder: string;
  const output = (name = 'out'): string => join(folder, name);
  const given = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const linesOf = (name: string): string[] => (existsSync(join(folder, name)) ? given(name).trim().split('\n') : []);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pyw-sweep-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  for (const kind of ['process', 'thread', 'inline'] as const) {
    it(`gives the same table from workers of kind ${kind}, in the order of the plan`, async () => {
      const results = await sweep({
        output: output(),
        variables: { x: upTo(10), label: ['a', 'b'] },
        task: tasks.square,
        workers: { count: 2, kind },
      });
      assert.deepEqual(
        results.toRecords(),
        upTo(10).flatMap((x) => ['a', 'b'].map((label) => ({ x, label, y: x * x }))),
      );
      assert.equal(results.missing.length, 0);
    });
  }

  it('does not run again what is recorded as done, and runs what is new', async () => {
    const study = (xs: number[]): SweepSpec => ({
      output: output(),
      variables: { x: xs },
      task: tasks.counted,
      workers: { count: 2, env: { PYW_COUNT_FILE: join(folder, 'count') } },
    });
    await sweep(study(upTo(6)));
    assert.equal(linesOf('count').length, 6);
    const more = new Sweep(study(upTo(9)));
    const told: unknown[] = [];
    more.on('resumed', (known) => told.push(known));
    const again = await more.run();
    assert.deepEqual(told, [{ done: 6, stopped: 0, again: 0, fresh: 3 }]);
    assert.deepEqual(
      linesOf('count')
        .map(Number)
        .sort((a, b) => a - b),
      upTo(9),
    );
    assert.deepEqual(
      again.toRecords(),
      upTo(9).map((x) => ({ x, y: 2 * x })),
    );
  });

  it('keeps what failed apart, with error and stack, ready to be run again', async () => {
    const results = await sweep({ output: output(), variables: { x: upTo(6) }, task: tasks.oddFails });
    assert.deepEqual(
      results.toRecords(),
      [0, 2, 4].map((x) => ({ x, y: x })),
    );
    assert.equal(results.missing.length, 3);
    const [first] = [...results.missing];
    assert.equal(first?.error?.name, 'RangeError');
    assert.match(first?.error?.stack ?? '', /oddFails/);
    assert.deepEqual(results.missing.params(), [{ x: 1 }, { x: 3 }, { x: 5 }]);
  });

  for (const count of [2, 1]) {
    it(`runs all other tasks when one of ${count} workers dies on its first, and tries that again`, async () => {
      const results = await sweep({
        output: output(),
        variables: { x: upTo(20) },
        task: tasks.diesFirst,
        workers: { count },
      });
      assert.deepEqual(
        results.toRecords(),
        upTo(20).map((x) => ({ x, y: x })),
      );
    });
  }

  it('gives up a task that kills its worker each time, and nothing else', async () => {
    const results = await sweep({
      output: output(),
      variables: { x: upTo(10) },
      task: tasks.diesAlways,
      workers: { count: 2 },
      retries: { lost: 1 },
    });
    assert.equal(results.length, 9);
    const [lost] = [...results.missing];
    assert.equal(lost?.class, 'lost');
    assert.equal(lost?.attempts, 2);
  });

  it('ends a task that takes too long with its whole tree, and delays no other worker', async () => {
    const study = new Sweep({
      output: output(),
      variables: { x: upTo(10) },
      task: tasks.hangs,
      workers: { count: 2 },
      timeoutMs: 1500,
      graceMs: 300,
    });
    const order: string[] = [];
    study.on('ended', (_, { status }) => order.push(status));
    const results = await study.run();
    assert.equal(results.length, 9);
    const [missing] = [...results.missing];
    assert.equal(missing?.class, 'timeout');
    assert.match(missing?.error?.message ?? '', /over its limit of 1\.5 s, and was ended .* timeoutMs.* --timeout/);
    assert.deepEqual(order, [...Array(9).fill('done'), 'failed']);
    const child = Number(readFileSync(join(output(), 'x=0', 'child'), 'utf8'));
    assert.equal(isRunning(child), false);
  });

  it('is not held up by a million lines on stderr, which are in the log', async () => {
    const results = await sweep({ output: output(), variables: { lines: [1_000_000] }, task: tasks.floods });
    assert.equal(results.length, 1);
    const [log] = readdirSync(join(output(), 'lines=1000000')).filter((name) => name.startsWith('log.'));
    const text = readFileSync(join(output(), 'lines=1000000', log as string), 'utf8');
    assert.equal(text.split('\n').length, 1_000_001);
  });

  it('has what a task prints and logs in the log of that task', async () => {
    await sweep({ output: output(), variables: { x: [1, 2] }, task: tasks.prints, workers: { count: 1 } });
    for (const x of [1, 2]) {
      const task = join(output(), `x=${x}`);
      const [log] = readdirSync(task).filter((name) => name.startsWith('log.prints.'));
      assert.equal(readFileSync(join(task, log as string), 'utf8'), `printed ${x}\ncomplained ${x}\nlogged ${x}\n`);
    }
  });

  it('takes nothing that a function prints for its result, its progress or its end', async () => {
    for (const kind of ['process', 'thread'] as const) {
      const study = new Sweep({
        output: output(kind),
        variables: { x: [1, 2] },
        task: tasks.spoofs,
        workers: { kind },
      });
      study.on('progress', (_, told) => assert.fail(`progress: ${JSON.stringify(told)}`));
      assert.deepEqual((await study.run()).toRecords(), [
        { x: 1, y: 1 },
        { x: 2, y: 2 },
      ]);
    }
  });

  it('tells tasks and loads what values are called', async () => {
    const results = await sweep({
      output: output(),
      variables: {
        model: { values: ['bert-base', 'gpt2'], labels: { 'bert-base': 'BERT' }, load: tasks.loadCalled },
        size: { zip: { width: [1, 2], depth: [4, 8] }, labels: ['small', 'big'] },
        lr: [sourced(1e-4, '1e-4')],
      },
      include: [{ model: 'bert-base', width: 2, depth: 8, lr: 0.5 }],
      exclude: [{ model: 'gpt2', width: 1 }],
      task: tasks.called,
      workers: { count: 1 },
    });
    assert.deepEqual(
      results.rows.map(({ model, called, loadedAs }) => [model, called, loadedAs]),
      [
        ['bert-base', 'BERT small 1e-4 undefined', 'model BERT'],
        ['bert-base', 'BERT big 1e-4 undefined', 'model BERT'],
        ['gpt2', 'gpt2 big 1e-4 undefined', 'model gpt2'],
        ['bert-base', 'BERT big 0.5 undefined', 'model BERT'],
      ],
    );
  });

  it('loads each value once, in the worker, and keeps it: two models on two workers are two loads', async () => {
    const loads = join(folder, 'loads');
    const results = await sweep({
      output: output(),
      variables: {
        model: { values: ['zebra', 'ant'], load: tasks.loadModel, dispose: tasks.disposeModel },
        seed: upTo(6),
      },
      defaults: { workers: 2 },
      task: tasks.usesModel,
      workers: { count: 2, env: { PYW_LOADS_FILE: loads } },
    });
    assert.equal(results.length, 12);
    assert.ok(results.rows.every((row) => row['result.model'] === row.model));
    const lines = linesOf('loads').map((line) => line.split(' ').slice(0, 2).join(' '));
    assert.deepEqual(lines.sort(), ['dispose ant', 'dispose zebra', 'load ant', 'load zebra']);
    assert.ok(results.stats.loads.has('model'));
  });

  it('makes a load that fails the outcome of its tasks, and does not try it for each of them', async () => {
    const loads = join(folder, 'loads');
    const results = await sweep({
      output: output(),
      variables: { model: { values: ['broken', 'good'], load: tasks.loadModel }, seed: upTo(4) },
      task: tasks.usesModel,
      workers: { count: 1, env: { PYW_LOADS_FILE: loads } },
    });
    assert.equal(results.length, 4);
    assert.deepEqual(
      [...results.missing].map((each) => [each.class, each.error?.message]),
      Array(4).fill(['load', 'the model is broken']),
    );
    assert.equal(linesOf('loads').filter((line) => line.startsWith('load broken')).length, 1);
  });

  it('makes a load that takes too long the outcome of its tasks, and tries a load again as often as it was told', async () => {
    const study = (load: SweepSpec['task'], more: SweepSpec): Promise<SweepResults> =>
      sweep({
        output: output(more.retries ? 'second' : 'late'),
        variables: { model: { values: ['one'], load }, seed: upTo(3) },
        task: tasks.usesModel,
        workers: { count: 1 },
        ...more,
      });
    const late = await study(tasks.loadForever, { loadTimeoutMs: 200, graceMs: 100 });
    assert.deepEqual(
      [...late.missing].map((each) => each.class),
      Array(3).fill('load'),
    );
    assert.equal((await study(tasks.loadSecond, { retries: { load: 1 } })).length, 3);
  });

  it('shows workers without GPUs none, and bounds the threads of numeric libraries by their CPUs', async () => {
    const results = await sweep({
      output: output(),
      variables: { x: [1] },
      task: tasks.environment,
      workers: { count: 1, cpus: 1, env: { PYW_STUDY: 'mine' } },
    });
    const { CUDA_VISIBLE_DEVICES, OMP_NUM_THREADS, PYW_STUDY } = results.rows[0] ?? {};
    assert.deepEqual(
      { CUDA_VISIBLE_DEVICES, OMP_NUM_THREADS, PYW_STUDY },
      { CUDA_VISIBLE_DEVICES: '', OMP_NUM_THREADS: '1', PYW_STUDY: 'mine' },
    );
  });

  it('stops begun tasks early by a rule, and records them as stopped', async () => {
    const results = await sweep({
      output: output(),
      variables: { rate: [0.01, 0.3] },
      task: tasks.learns,
      workers: { count: 1 },
      stopIf: ({ step, loss }) => (step as number) >= 5 && (loss as number) > 0.5 && 'it does not learn',
    });
    assert.equal(results.length, 1);
    const [stopped] = [...results.missing];
    assert.equal(stopped?.reason, 'stopped');
    assert.match(stopped?.error?.message ?? '', /does not learn/);
    const again = new Sweep({
      output: output(),
      variables: { rate: [0.01, 0.3] },
      task: tasks.learns,
      workers: { count: 1 },
    });
    again.on('started', ({ folder: task }) => assert.fail(`${task} was begun again`));
    assert.equal([...(await again.run()).missing][0]?.reason, 'stopped');
  });

  it('makes a rule that throws, and progress that cannot be recorded, the failure of their task', async () => {
    const study = (name: string, more: SweepSpec): SweepSpec => ({
      output: output(name),
      workers: { count: 1 },
      ...more,
    });
    const thrown = await sweep(
      study('rule', {
        variables: { rate: [0.1] },
        task: tasks.learns,
        stopIf: () => {
          throw new RangeError('no such metric');
        },
      }),
    );
    assert.equal([...thrown.missing][0]?.error?.message, 'no such metric');
    const odd = await sweep(study('odd', { variables: { x: [1] }, task: tasks.tellsOddly }));
    assert.match([...odd.missing][0]?.error?.message ?? '', /Map, which cannot be recorded/);
  });

  it('runs one task first with a canary, and no other if that fails', async () => {
    const results = await sweep({
      output: output(),
      variables: { x: [1, 2, 4, 6] },
      task: tasks.oddFails,
      workers: { count: 2 },
      canary: true,
    });
    assert.equal(results.length, 0);
    assert.equal([...results.missing].filter(({ reason }) => reason === 'failed').length, 1);
  });

  it('begins no further task after so many failures, or after the first', async () => {
    const study = (more: SweepSpec): SweepSpec => ({
      output: output(JSON.stringify(more).replaceAll(/\W/g, '')),
      variables: { x: upTo(100).map((i) => 2 * i + 1) },
      task: tasks.oddFails,
      workers: { count: 1 },
      ...more,
    });
    const some = await sweep(study({ maxFailures: 3 }));
    assert.equal([...some.missing].filter(({ reason }) => reason === 'failed').length, 3);
    const one = await sweep(study({ onFailure: 'stop' }));
    assert.equal([...one.missing].filter(({ reason }) => reason === 'failed').length, 1);
  });

  it('runs again what is missing, as points, in the same folder, and nothing is refused before or after', async () => {
    const study: SweepSpec = {
      output: output(),
      variables: { x: upTo(4) },
      task: tasks.oddFails,
      workers: { count: 1 },
    };
    const { missing } = await sweep(study);
    const again = new Sweep({ ...withoutVariables(study), points: missing.params() });
    const begun: string[] = [];
    again.on('started', ({ folder: task }) => begun.push(task));
    await again.run();
    assert.deepEqual(begun, ['x=1', 'x=3']);
    assert.equal((await sweep(study)).length, 2);
  });

  it('goes on with records only if they fit, and shows what was changed', async () => {
    const study = (task: SweepSpec['task'], more: SweepSpec = {}): SweepSpec => ({
      output: output(),
      variables: { x: [1, 2] },
      task: task as never,
      ...more,
    });
    await sweep(study(tasks.square));
    await assert.rejects(sweep(study(tasks.counted)), /square[\s\S]*counted/);
    assert.equal((await sweep(study(tasks.counted, { changed: 'accept' }))).length, 2);
  });

  it('is stopped politely, or at once, and goes on where it was', async () => {
    const study = (ms: number): Sweep =>
      new Sweep({
        output: output(),
        variables: { x: upTo(20) },
        defaults: { ms },
        task: tasks.slowly,
        workers: { count: 2 },
      });
    const polite = study(100);
    polite.on('started', ({ index }) => index === 3 && polite.stop());
    const some = await polite.run();
    assert.ok(some.length >= 4 && some.length < 8, String(some.length));
    const hasty = study(100);
    hasty.on('started', ({ index }) => index === 9 && hasty.stop({ now: true }));
    const more = await hasty.run();
    assert.ok([...more.missing].some(({ reason }) => reason === 'cancelled'));
    assert.equal((await study(100).run()).length, 20);
  });

  it('asks a search for points, and tells it what came of them', async () => {
    const asked: number[] = [];
    let best = Number.POSITIVE_INFINITY;
    const results = await sweep({
      output: output(),
      task: tasks.square,
      workers: { count: 2 },
      search: {
        next(history) {
          if (history.length >= 8) return undefined;
          const x = 10 - asked.length;
          asked.push(x);
          return { x };
        },
        report: (_, { result }) => {
          best = Math.min(best, result?.y as number);
        },
      },
    });
    assert.ok(results.length >= 8);
    assert.ok(best <= 9);
  });

  it('refuses what makes no sense, before anything is started or written', async () => {
    for (const [wrong, expected] of [
      [{ variables: { x: [1] } }, /something to do/],
      [{ variables: { x: [] }, task: tasks.square }, /"?x"?/],
      [{ variables: { x: [1] }, task: tasks.square, commands: 'true' }, /not both/],
      [{ variables: { x: [1] }, task: tasks.square, wokers: {} }, /wokers/],
      [{ variables: { x: [1] }, task: tasks.square, workers: { count: -1 } }, /count/],
      [{ variables: { x: [1] }, task: tasks.square, retries: { sometimes: 1 } }, /sometimes/],
      [{ variables: { x: [1] }, commands: 'echo {y}' }, /y/],
      [{ variables: { x: [1] }, commands: 'echo {x}', metrics: { loss: '(' } }, /"loss"/],
      [{ variables: { x: [1] }, commands: { 'a/b': 'echo {x}' } }, /"a\/b" is no name for a command/],
      [{ variables: { x: [1] }, task: tasks.square, workers: { kind: 'thread', cwd: '/' } }, /"cwd" needs .*"process"/],
      [
        { variables: { x: [1] }, commands: { a: 'echo {x}' }, only: [] },
        /"only" is empty: name some of the commands, a/,
      ],
      [{ spaces: [{ variables: { x: [1] }, only: [] }], commands: { a: 'echo {x}' } }, /"only"/],
      [{ variables: { x: [1] }, task: tasks.square, hooks: { beforTask() {} } }, /beforTask/],
      [{ variables: { x: [1] }, task: tasks.square, stopIf: {} }, /stopIf/],
      [{ variables: { x: [1] }, task: tasks.square, workers: { gpus: { gpus: 1, avoids: [0] } } }, /avoids/],
      [{ variables: { x: [1] }, task: tasks.square, workers: { gpus: '1' } }, /"gpus" takes a number for each worker/],
      [{ variables: { x: [1] }, task: tasks.square, workers: { hosts: [{ hots: 'far' }] } }, /hots/],
      [{ variables: { x: [1] }, task: tasks.square, workers: { hosts: [{ count: 2 }] } }, /has no "host"/],
      [
        { variables: { x: [1] }, task: tasks.square, workers: { hosts: [{ host: 'a', gpus: { idel: true } }] } },
        /idel/,
      ],
      [{ variables: { x: [1] }, task: tasks.square, graphite: { host: 'lab' } }, /needs a "host" and a "prefix"/],
      [{ variables: { x: [1] }, task: tasks.square, prometheus: { host: 'lab' } }, /needs a "port"/],
      [{ variables: { x: [1] }, task: tasks.square, objective: { goal: 'min' } }, /"objective" takes \{ metric/],
      [{ spaces: [{ variables: { x: [1] } }], defaults: { y: 1 }, task: tasks.square }, /"defaults" belongs into/],
      [{ search: { next() {} }, repeats: 2, task: tasks.square }, /leave "repeats" out/],
    ] as const) {
      await assert.rejects(async () => sweep({ output: output('never'), ...wrong } as never), expected);
    }
    assert.equal(existsSync(output('never')), false);
  });

  it('measures what a task asks it to', async () => {
    const results = await sweep({ output: output(), variables: { x: [1, 2, 3] }, task: tasks.measured });
    const { timers } = results.stats;
    assert.equal(timers.of('nap_wallclock')?.count, 3);
    assert.ok((timers.of('nap_wallclock')?.mean ?? 0) >= 19);
    assert.ok((timers.of('nap_iowait')?.mean ?? 0) > 5);
  });

  it('leaves no process behind', async () => {
    const results = await sweep({
      output: output(),
      variables: { x: upTo(4) },
      task: tasks.environment,
      workers: { count: 2 },
    });
    for (const { pid } of results.rows) await eventually(() => !isRunning(Number(pid)));
  });
});
