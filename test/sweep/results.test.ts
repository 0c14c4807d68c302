import assert from 'node:assert/strict';
import type { SweepEntry } from '#internal/sweep/results/entry.js';
import { SweepResults } from '#internal/sweep/results/sweep-results.js';
import { entries, entry } from '../fixtures/sweep-entries.js';

const typesOf = ({ columns }: SweepResults): Record<string, string> =>
  Object.fromEntries(columns.map(({ name, type }) => [name, type]));
const namesOf = ({ columns }: SweepResults): string[] => columns.map(({ name }) => name);

/** Two learning rates, three seeds. */
const seeds = entries(
  [0.1, 0.01].flatMap((lr) => [1, 2, 3].map((seed) => [{ lr, seed }, { loss: lr + seed }] as const)),
);

describe('The results of a sweep', () => {
  it('have a row for each task that is done, in the order of the plan, whatever order they ended in', () => {
    const early = entry(0, { x: 'a' }, { result: { y: 1 }, endedAt: 9000 });
    const late = entry(1, { x: 'b' }, { result: { y: 2 }, endedAt: 2000 });
    const results = SweepResults.of(new Set([early, late, entry(2, { x: 'c' })]));
    assert.deepEqual([...results], [{ x: 'a', y: 1 }, { x: 'b', y: 2 }]); // biome-ignore format: a table
    assert.equal(results.length, 2);
  });

  it('tell parameters, results, metrics and meta columns apart', () => {
    const results = SweepResults.of([entry(0, { x: 1 }, { result: { y: 2 }, metrics: { z: 3 } })], { meta: ['ms'] });
    assert.deepEqual(
      results.columns.map(({ name, kind }) => [name, kind]),
      [
        ['x', 'parameter'],
        ['y', 'result'],
        ['z', 'metric'],
        ['task.ms', 'meta'],
      ],
    );
    assert.deepEqual(results.rows, [{ x: 1, y: 2, z: 3, 'task.ms': 100 }]);
  });

  it('never let a result take the place of a parameter, nor a metric that of a result', () => {
    const first = entry(0, { x: 1, 'result.x': 2 }, { result: { x: 3, y: 4 }, metrics: { x: 5, y: 6 } });
    const results = SweepResults.of([first, entry(1, { x: 7, 'result.x': 8 }, { result: {} })]);
    assert.deepEqual(results.rows, [
      { x: 1, 'result.x': 2, 'result.result.x': 3, y: 4, 'metric.x': 5, 'metric.y': 6 },
      { x: 7, 'result.x': 8, 'result.result.x': null, y: null, 'metric.x': null, 'metric.y': null },
    ]);
  });

  it('keep whole numbers whole, and find the type that all values of a column have', () => {
    const rows = [
      { int: 1, float: 1, bool: true, text: 'a', list: [1], mixed: 1, void: null, some: 1, big: 1 },
      { int: null, float: 0.5, bool: false, text: null, list: null, mixed: 'x', void: null, big: 2 ** 60 },
    ];
    const results = SweepResults.of(entries(rows.map((row) => [{}, row])));
    assert.deepEqual(typesOf(results), {
      int: 'int',
      float: 'float',
      bool: 'bool',
      text: 'string',
      list: 'json',
      mixed: 'json',
      void: 'null',
      some: 'int',
      big: 'float',
    });
    assert.equal(results.rows[1]?.some, null);
  });

  it('take any name for a name', () => {
    const hostile = JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 3}');
    const results = SweepResults.of([entry(0, hostile, {}), entry(1, {}, { result: { y: 1 } })]);
    assert.deepEqual(namesOf(results), ['__proto__', 'constructor', 'toString', 'y']);
    assert.equal(results.toJsonLines().split('\n')[0], '{"__proto__":1,"constructor":2,"toString":3,"y":null}');
    assert.equal(results.select('constructor').rows[1]?.constructor, null);
  });

  it('never change: each operation gives others, which know the same sweep', () => {
    const results = SweepResults.of([...seeds, entry(6, { lr: 1, seed: 1 })]);
    const rows = results.toRecords();
    const best = results.filter((row) => row.lr === 0.1).sort('loss', 'desc');
    assert.deepEqual(
      best.rows.map(({ seed }) => seed),
      [3, 2, 1],
    );
    assert.deepEqual(results.toRecords(), rows);
    assert.equal(best.missing.length, 1);
    assert.throws(() => Object.assign(results.rows[0] ?? {}, { lr: 5 }), TypeError);
    assert.throws(() => (results.rows as unknown[]).push({}), TypeError);
  });

  it('are mapped to other rows, in which what no table can hold becomes null', () => {
    const made = SweepResults.of(seeds.slice(0, 1)).map(({ lr }) => {
      const odd = { nan: Number.NaN, inf: -Infinity, none: undefined, big: 2n ** 60n, small: 5n };
      return { lr, ...odd, at: new Date(0), deep: [{ a: Number.NaN }] };
    });
    assert.deepEqual(made.rows, [
      {
        lr: 0.1,
        nan: null,
        inf: null,
        none: null,
        big: '1152921504606846976',
        small: 5,
        at: '1970-01-01T00:00:00.000Z',
        deep: [{ a: null }],
      },
    ]);
    assert.deepEqual(
      made.columns.slice(0, 2).map(({ kind }) => kind),
      ['parameter', 'result'],
    );
  });

  it('are sorted with null last, either way, and equal ones as they were', () => {
    const rows = [5, null, 10, 5, 2].map((y, x) => [{ x }, { y }] as const);
    const results = SweepResults.of(entries(rows));
    const order = (direction: 'asc' | 'desc'): unknown[] => results.sort('y', direction).rows.map(({ x }) => x);
    assert.deepEqual(order('asc'), [4, 0, 3, 2, 1]);
    assert.deepEqual(order('desc'), [2, 0, 3, 4, 1]);
  });

  it('are sorted by one rule, also where a column holds several types', () => {
    const mixed = ['b', 2, true, [2], 'a', 10, [10], false];
    const results = SweepResults.of(entries(mixed.map((y) => [{}, { y }])));
    const sorted = results.sort('y').rows.map(({ y }) => y);
    assert.deepEqual(sorted, [false, true, 2, 10, 'a', 'b', [10], [2]]);
  });

  it('say which columns there are, where one is asked for that there is not', () => {
    const results = SweepResults.of(seeds);
    const message = /There is no column "los"\. The columns are: lr, seed, loss\./;
    assert.throws(() => results.sort('los'), message);
    assert.throws(() => results.select('los'), message);
    assert.throws(() => results.groupBy('los'), message);
    assert.throws(() => results.best('los', { goal: 'min' }), message);
    assert.throws(() => SweepResults.of([], { meta: ['when' as 'ms'] }), /takes id, .*not "when"/);
  });

  it('show the best, and never take null for it', () => {
    const results = SweepResults.of(entries([null, 3, 1, 2, 1].map((y, x) => [{ x }, { y }])));
    const best = (goal: 'min' | 'max', count: number): unknown[] =>
      results.best('y', { goal, count }).rows.map(({ x }) => x);
    assert.deepEqual(best('min', 2), [2, 4]);
    assert.deepEqual(best('max', 9), [1, 3, 2, 4]);
    assert.equal(results.best('y', { goal: 'max' }).length, 1);
    assert.throws(() => results.best('y', { goal: 'most' as 'max' }), /"goal" takes 'min' or 'max'/);
    const texts = SweepResults.of(entries([[{}, { y: 'a' }]]));
    assert.throws(() => texts.best('y', { goal: 'max' }), /no best of "y": it holds string/);
  });

  it('hide the parameters that are always the same, and no result', () => {
    const rows = [1, 2].map(
      (x) =>
        [
          { fixed: [{ a: 1 }], x, none: null },
          { accuracy: 1, never: null },
        ] as const,
    );
    const results = SweepResults.of(entries(rows));
    assert.deepEqual(namesOf(results.concise()), ['x', 'accuracy']);
    const only = results.filter(({ x }) => x === 1);
    assert.deepEqual(namesOf(only.concise()), namesOf(only));
  });
});

describe('Groups of results', () => {
  it('give the mean, the deviation of a sample, the least, the greatest and the median of each', () => {
    const values = [2, 4, 4, 4, 5, 5, 7, 9];
    const results = SweepResults.of(entries(values.map((y) => [{ x: 1 }, { y }])));
    const group = results.groupBy('x');
    const of = (table: SweepResults): unknown => table.rows[0]?.y;
    assert.equal(of(group.mean()), 5);
    assert.equal(of(group.std()), Math.sqrt(32 / 7));
    assert.equal(of(group.min()), 2);
    assert.equal(of(group.max()), 9);
    assert.equal(of(group.median()), 4.5);
    assert.deepEqual(group.count().rows, [{ x: 1, n: 8 }]);
  });

  it('leave null out, and have no deviation of a single value', () => {
    const rows = [null, 3, null, null].map((y, at) => [{ x: at < 2 ? 'a' : 'b' }, { y }] as const);
    const group = SweepResults.of(entries(rows)).groupBy('x');
    assert.deepEqual(group.mean().rows, [{ x: 'a', y: 3 }, { x: 'b', y: null }]); // biome-ignore format: a table
    assert.deepEqual(group.std('y').rows, [{ x: 'a', y: null }, { x: 'b', y: null }]); // biome-ignore format: a table
    assert.deepEqual(group.count('y').rows, [{ x: 'a', y: 1 }, { x: 'b', y: 0 }]); // biome-ignore format: a table
  });

  it('come in the order of the plan, equal values together however they are written', () => {
    const params = [{ m: { a: 1, b: [2] } }, { m: 'x' }, { m: { b: [2], a: 1 } }, { m: '1' }, { m: 1 }, { m: null }];
    const counts = SweepResults.of(entries(params.map((each) => [each, {}]))).groupBy('m').count(); // biome-ignore format: one thought
    assert.deepEqual(
      counts.rows.map(({ m, n }) => [m, n]),
      [
        [{ a: 1, b: [2] }, 2],
        ['x', 1],
        ['1', 1],
        [1, 1],
        [null, 1],
      ],
    );
  });

  it('do not take the mean of parameters, unless it is asked for, nor of what is no number', () => {
    const group = SweepResults.of(seeds).groupBy('lr');
    assert.deepEqual(namesOf(group.mean()), ['lr', 'loss']);
    assert.deepEqual(
      group.mean('seed').rows.map(({ seed }) => seed),
      [2, 2],
    );
    const texts = SweepResults.of(entries([[{ x: 1 }, { y: 'a' }]]));
    assert.throws(() => texts.groupBy('x').mean('y'), /The column "y" holds string, not numbers/);
    assert.deepEqual(
      [...group].map(({ length }) => length),
      [3, 3],
    );
  });

  it('are exact where the values are large and close to each other', () => {
    const rows = [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16].map((y) => [{}, { y }] as const);
    assert.equal(SweepResults.of(entries(rows)).groupBy().std().rows[0]?.y, Math.sqrt(30));
  });

  it('aggregate over seeds: mean, deviation and number for each choice of the other parameters', () => {
    const over = SweepResults.of(seeds).overSeeds();
    assert.deepEqual(
      over.rows.map(({ lr, loss, n }) => [lr, Number(loss).toFixed(2), n]),
      [
        [0.1, '2.10', 3],
        [0.01, '2.01', 3],
      ],
    );
    assert.ok(over.rows.every((row) => Math.abs(Number(row['loss.std']) - 1) < 1e-12));
    assert.deepEqual(over.columns.at(-2), { name: 'loss.std', kind: 'result', type: 'float', spreadOf: 'loss' });
    assert.throws(() => SweepResults.of(seeds).overSeeds('repeat'), /no column "repeat"/);
  });

  it('of 100,000 rows are made within a second', () => {
    const many = Array.from({ length: 100_000 }, (_, i): SweepEntry => {
      return entry(i, { lr: i % 100, seed: Math.floor(i / 100) }, { result: { loss: i / 7, step: i } });
    });
    const results = SweepResults.of(many);
    const startedAt = performance.now();
    const over = results.overSeeds();
    assert.ok(performance.now() - startedAt < 1000, `${performance.now() - startedAt}`);
    assert.equal(over.length, 100);
    assert.equal(over.rows[0]?.n, 1000);
    assert.equal(results.groupBy().max().rows[0]?.step, 99_999);
  });
});

describe('What is missing of a sweep', () => {
  const failed = { status: 'failed', class: 'error' } as const;
  const all = [
    entry(0, { x: 0 }, {}),
    entry(1, { x: 1 }, { ...failed, attempt: 3, error: { name: 'TypeError', message: 'no', stack: 'at' }, log: 'log' }),
    entry(2, { x: 2 }, { ...failed, class: 'lost', error: { name: 'WorkerLostError', message: 'gone' } }),
    entry(3, { x: 3 }, { ...failed, class: 'timeout' }),
    entry(4, { x: 4 }, { status: 'stopped' }),
    entry(5, { x: 5 }, { status: 'cancelled' }),
    entry(6, { x: 6 }),
  ];
  const { missing, progress } = SweepResults.of(all, { active: 1 });

  it('can be run again, for every kind of failure, also for those without a stack', () => {
    assert.deepEqual(
      missing.params().map(({ x }) => x),
      [1, 2, 3, 5, 6],
    );
    assert.deepEqual(missing.params({ reasons: ['stopped'] }), [{ x: 4 }]);
  });

  it('says why, after how many attempts, and where its log is', () => {
    const told = missing.toArray().map((each) => [each.reason, each.class, each.attempts, each.error?.name, each.log]);
    assert.deepEqual(told, [
      ['failed', 'error', 3, 'TypeError', 'task-1/log'],
      ['failed', 'lost', 1, 'WorkerLostError', undefined],
      ['failed', 'timeout', 1, 'TaskError', undefined],
      ['stopped', undefined, 1, undefined, undefined],
      ['cancelled', undefined, 1, undefined, undefined],
      ['notRun', undefined, 0, undefined, undefined],
    ]);
    assert.deepEqual([...missing.classes()], [['error', 1], ['lost', 1], ['timeout', 1]]); // biome-ignore format: a table
  });

  it('names the command that failed, where that is all there is', () => {
    const commands = [
      { name: 'train', line: 'train', status: 'done', exitCode: 0, log: 'train.log' },
      { name: 'test', line: 'test', status: 'failed', exitCode: 3, log: 'test.log' },
    ] as const;
    const results = SweepResults.of([entry(0, {}, { status: 'failed', class: 'exit', commands })]);
    const [only] = results.missing;
    assert.equal(only?.error?.message, 'The command "test" ended with code 3.');
    assert.equal(only?.log, 'task-0/test.log');
  });

  it('and what is done make up the whole: every task is counted once', () => {
    assert.equal(missing.length + SweepResults.of(all).length, all.length);
    assert.deepEqual(progress, {
      total: 7,
      waiting: 0,
      active: 1,
      finished: 1,
      failures: 3,
      stopped: 1,
      cancelled: 1,
      retried: 2,
    });
  });

  it('can be shown as rows of the table', () => {
    const shown = SweepResults.of(all, { include: ['done', 'stopped', 'failed'], meta: ['status', 'error'] });
    assert.deepEqual(
      shown.rows.map((row) => row['task.status']),
      ['done', 'failed', 'failed', 'failed', 'stopped'],
    );
    assert.equal(shown.rows[1]?.['task.error'], 'TypeError: no');
  });
});

describe('The figures of a sweep', () => {
  it('tell how long tasks, loads and waits took, and how much of the time each worker was at work', () => {
    const { stats } = SweepResults.of([
      entry(0, {}, { startedAt: 2000, endedAt: 3000, loadMs: { model: 2000 }, worker: 'a', waitedMs: 5 }),
      entry(1, {}, { startedAt: 3000, endedAt: 4000, worker: 'a', status: 'failed' }),
      entry(2, {}, { startedAt: 1000, endedAt: 1500, worker: 'b', gpus: ['1'], note: { timers: { read: [1, 3] } } }),
    ]);
    assert.equal(stats.taskMs.p50, 1000);
    assert.equal(stats.taskMs.total, 2500);
    assert.deepEqual([stats.loads.get('model')?.count, stats.loads.get('model')?.total], [1, 2000]);
    assert.equal(stats.waitedMs.total, 5);
    assert.deepEqual(
      stats.workers.map(({ name, tasks, failures, utilisation }) => [name, tasks, failures, utilisation]),
      [
        ['a', 2, 1, 1],
        ['b', 1, 0, 0.125],
      ],
    );
    assert.equal(stats.timers.of('read')?.mean, 2);
  });

  it('are there before anything has ended', () => {
    const { stats, missing } = SweepResults.of([entry(0, {})]);
    assert.equal(stats.taskMs.count, 0);
    assert.deepEqual(stats.workers, []);
    assert.equal(missing.length, 1);
  });
});
