import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Sweep, type SweepSpec, sweep } from 'pyworkers/sweep';
import { levelsOf } from '#internal/sweep/run/course.js';
import * as tasks from '../fixtures/sweep-engine-tasks.js';
import { sweepFolder } from '../support/sweep-folder.js';

describe('The loads of a sweep', () => {
  const folder = sweepFolder();
  const study = (more: SweepSpec): SweepSpec => ({
    output: folder.output,
    task: tasks.loadedNames,
    ...more,
    workers: { count: 1, ...more.workers, env: { PYW_NOTES: join(folder.path, 'notes') } },
  });
  const loadsOf = (value: string): number => folder.lines('notes').filter((line) => line === `load ${value}`).length;

  it('do not kill one worker after the other for each task of a value', async () => {
    const results = await sweep(
      study({ variables: { model: { values: ['deadly', 'good'], load: tasks.loadKills }, seed: [1, 2, 3] } }),
    );
    assert.equal(results.length, 3);
    assert.equal(loadsOf('deadly'), 3);
    assert.equal([...results.missing].filter((each) => each.class === 'load' || each.class === 'lost').length, 3);
  });

  it('have a time of their own, and are not waited for by each task of a value', async () => {
    const from = performance.now();
    const results = await sweep(
      study({
        variables: { model: { values: ['endless', 'good'], load: tasks.loadLoops }, seed: [1, 2, 3, 4] },
        loadTimeoutMs: 500,
        graceMs: 200,
      }),
    );
    assert.deepEqual(
      [...results.missing].map((each) => each.class),
      ['load', 'load', 'load', 'load'],
    );
    assert.match(
      [...results.missing][0]?.error?.message ?? '',
      /^Loading model was over its limit of 500 ms, and was ended\. .*loadTimeoutMs/,
    );
    assert.equal(results.length, 4);
    assert.equal(loadsOf('endless'), 1);
    assert.ok(performance.now() - from < 10_000);
  });

  it('are tried again where the class "load" says so', async () => {
    const results = await sweep(
      study({
        variables: { model: { values: ['a', 'b'], load: tasks.loadAtSecond }, seed: [1, 2] },
        retries: { load: 1 },
      }),
    );
    assert.equal(results.length, 4);
    assert.deepEqual([loadsOf('a'), loadsOf('b')], [2, 2]);
  });

  it('come before commands as well, once for each value', async () => {
    const results = await sweep({
      output: folder.output,
      variables: { model: { values: ['a', 'b'], load: tasks.load }, seed: [1, 2] },
      commands: 'echo {model} {seed} >> $PYW_NOTES',
      workers: { count: 1, env: { PYW_NOTES: join(folder.path, 'notes') } },
    });
    assert.equal(results.length, 4);
    assert.deepEqual(folder.lines('notes'), ['load a', 'a 1', 'a 2', 'load b', 'b 1', 'b 2']);
  });

  it('reach only the tasks whose value they are', async () => {
    const results = await sweep(
      study({
        variables: {
          kind: ['net', 'tree'],
          net: { values: ['small'], load: tasks.load, when: ({ kind }) => kind === 'net' },
        },
        batches: 1,
      }),
    );
    assert.deepEqual(
      results.rows.map(({ kind, names }) => [kind, names]),
      [
        ['net', 'net'],
        ['tree', ''],
      ],
    );
  });

  it('are as few as can be, unless "batches" says otherwise', async () => {
    const order = async (more: SweepSpec): Promise<string[]> => {
      const before = folder.lines('notes').length;
      const variables = { x: [1, 2], model: { values: ['a', 'b'], load: tasks.load } };
      await sweep(study({ output: join(folder.path, JSON.stringify(more).replaceAll(/\W/g, '')), variables, ...more }));
      return folder.lines('notes').slice(before);
    };
    assert.deepEqual(await order({}), ['load a', 'load b']);
    assert.deepEqual(await order({ batches: 2 }), ['load a', 'load b', 'load a', 'load b']);
    assert.deepEqual(await order({ batches: false }), ['load a', 'load b', 'load a', 'load b']);
  });

  it('keep tasks together down to the last variable that has one, or on as many levels as "batches" says', () => {
    const { plan } = new Sweep(
      study({ variables: { x: [1, 2], model: { values: ['a', 'b'], load: tasks.load }, seed: [1, 2, 3] } }),
    );
    assert.ok(plan);
    const levels = (batches?: number | false): unknown => {
      const { depth, loads } = levelsOf(plan, batches === undefined ? {} : { batches });
      return [depth, loads];
    };
    assert.deepEqual(levels(), [2, [false, true]]);
    assert.deepEqual(levels(1), [1, [true]]);
    assert.deepEqual(levels(9), [3, [true, true, true]]);
    assert.deepEqual(levels(0), [0, []]);
    assert.deepEqual(levels(false), [0, []]);
  });

  it('are disposed of before the next value comes, and at the end, and told to the hooks', async () => {
    const told: string[] = [];
    await sweep(
      study({
        variables: { model: { values: ['a', 'b'], load: tasks.load, dispose: tasks.unload }, seed: [1, 2] },
        hooks: {
          onLoad: (variable, worker) => told.push(`load ${variable} ${worker}`),
          onUnload: (variable, worker) => told.push(`unload ${variable} ${worker}`),
        },
      }),
    );
    assert.deepEqual(folder.lines('notes'), ['load a', 'unload a', 'load b', 'unload b']);
    assert.deepEqual(told, Array(2).fill(['load model worker-1', 'unload model worker-1']).flat());
  });
});
