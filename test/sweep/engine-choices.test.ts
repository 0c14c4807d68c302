import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { map, Sweep, type SweepSpec, stages, sweep } from 'pyworkers/sweep';
import { Ledger } from '#internal/sweep/ledger/ledger.js';
import { configurationOf } from '#internal/sweep/run/configuration.js';
import { specFrom } from '#internal/sweep/run/overrides.js';
import * as tasks from '../fixtures/sweep-engine-tasks.js';
import { diesAlways } from '../fixtures/sweep-tasks.js';
import { sweepFolder } from '../support/sweep-folder.js';

describe('What one can choose about a sweep', () => {
  const folder = sweepFolder();
  const study = (more: SweepSpec): SweepSpec => ({
    output: folder.output,
    variables: { x: [1, 2] },
    task: tasks.noted,
    ...more,
    workers: { count: 1, kind: 'thread', ...more.workers, env: { PYW_NOTES: join(folder.path, 'notes') } },
  });
  const runs = (): number => folder.lines('notes').length;

  it('calls the hooks in their order, and tells them what they are about', async () => {
    const told: string[] = [];
    await sweep(
      study({
        variables: { model: { values: ['a'], load: tasks.load }, x: [1] },
        hooks: {
          beforeAll: () => told.push('beforeAll'),
          afterAll: () => told.push('afterAll'),
          beforeWorker: (worker) => told.push(`beforeWorker ${worker}`),
          afterWorker: (worker) => told.push(`afterWorker ${worker}`),
          beforeTask: ({ folder: name }, worker) => told.push(`beforeTask ${name} ${worker}`),
          afterTask: ({ folder: name }, end) => told.push(`afterTask ${name} ${end.status}`),
          onLoad: (variable) => told.push(`onLoad ${variable}`),
          onUnload: (variable) => told.push(`onUnload ${variable}`),
        },
      }),
    );
    assert.deepEqual(told, [
      'beforeAll',
      'beforeWorker worker-1',
      'onLoad model',
      'beforeTask model=a/x=1 worker-1',
      'afterTask model=a/x=1 done',
      'onUnload model',
      'afterWorker worker-1',
      'afterAll',
    ]);
  });

  it('counts as a success what the rule says', async () => {
    const outcome = async (more: SweepSpec): Promise<string> => {
      const output = join(
        folder.path,
        JSON.stringify([more.success, more.task?.toString().length, more.verify?.toString()]).replaceAll(/\W/g, ''),
      );
      const results = await sweep(study({ output, variables: { x: [1] }, ...more }));
      return results.length === 1 ? 'done' : ([...results.missing][0]?.class ?? '');
    };
    const [good, bad] = [{ verify: () => true }, { verify: () => false }];
    const fails = { task: tasks.fails };
    assert.equal(await outcome({ success: 'no-error', ...bad }), 'done');
    assert.equal(await outcome({ success: 'no-error', ...good, ...fails }), 'error');
    assert.equal(await outcome({ success: 'no-error-and-verify', ...bad }), 'verify');
    assert.equal(await outcome({ success: 'no-error-and-verify', ...good, ...fails }), 'error');
    assert.equal(await outcome({ success: 'verify', ...good, ...fails }), 'done');
    assert.equal(await outcome({ success: 'verify', ...bad }), 'verify');
    assert.equal(await outcome({ success: 'always', ...bad, ...fails }), 'done');
  });

  it('shows a verify the parameters, the folder and the end', async () => {
    const seen: unknown[] = [];
    await sweep(
      study({
        variables: { x: [3] },
        verify(params, dir, end) {
          seen.push(params, dir, end?.result);
          return true;
        },
      }),
    );
    assert.deepEqual(seen, [{ x: 3 }, join(folder.output, 'x=3'), { y: 6 }]);
  });

  it('tries one task alone where it is to find out how many workers there may be, and goes no further if that fails', async () => {
    for (const task of [tasks.plain, tasks.fails]) {
      const told: string[] = [];
      const spec = study({
        output: join(folder.path, task.name),
        variables: { x: [0, 1, 2, 3, 4, 5] },
        task,
        canary: true,
      });
      const one = new Sweep({ ...spec, workers: { ...spec.workers, count: 'auto' } });
      one.on('started', ({ index }) => told.push(`started ${index}`));
      one.on('ended', ({ index }, { status }) => told.push(`${status} ${index}`));
      one.on('note', (text) => told.push(/^\d+ workers?: /.exec(text)?.[0] ? 'counted' : text));
      const results = await one.run();
      if (task === tasks.fails) {
        assert.deepEqual([results.missing.length, told.slice(0, 2)], [6, ['started 0', 'failed 0']]);
        assert.equal(told.filter((line) => line.startsWith('started')).length, 1);
      } else {
        assert.deepEqual([results.length, told.slice(0, 3)], [6, ['started 0', 'done 0', 'counted']]);
      }
    }
  });

  it('does with what is recorded what "existing" says', async () => {
    const spec = study({});
    await sweep(spec);
    writeFileSync(join(folder.output, 'x=1', 'mine'), '');
    await sweep({ ...spec, existing: 'skip' });
    assert.equal(runs(), 2);
    await assert.rejects(sweep({ ...spec, existing: 'quit' }), /2 of these tasks.*x=1, x=2/);
    const verify = (params: { readonly x?: unknown }): boolean => params.x !== 2 || runs() > 2;
    assert.equal((await sweep({ ...spec, verify })).length, 2);
    assert.deepEqual(folder.lines('notes'), ['ran 1', 'ran 2', 'ran 2']);
    await sweep({ ...spec, existing: 'overwrite' });
    assert.equal(runs(), 5);
    assert.equal(existsSync(join(folder.output, 'x=1', 'mine')), false);
  });

  it('takes a verify of what is recorded that throws for a no', async () => {
    const spec = study({});
    await sweep(spec);
    const verify = (): boolean => {
      if (runs() < 4) throw new Error('unreadable');
      return true;
    };
    const results = await sweep({ ...spec, verify, retries: { verify: 2 } });
    assert.equal(results.length, 2);
  });

  it('does the same with the points of a search', async () => {
    const searching = (more: SweepSpec = {}): SweepSpec => {
      const points = [{ x: 1 }, { x: 2 }];
      const { variables: _, ...spec } = study(more);
      return { ...spec, search: { next: () => points.shift() } };
    };
    await sweep(searching());
    await sweep(searching());
    assert.equal(runs(), 2);
    await sweep(searching({ verify: ({ x }) => x !== 1 || runs() > 2 }));
    assert.equal(runs(), 3);
    await sweep(searching({ existing: 'overwrite' }));
    assert.equal(runs(), 5);
    await assert.rejects(sweep(searching({ existing: 'quit' })), /existing is 'quit'/);
  });

  it('tells a search of points that failed or were stopped before, and runs those that it is told to again', async () => {
    const told: string[] = [];
    const notes: string[] = [];
    const searching = async (more: SweepSpec = {}): Promise<Sweep> => {
      const { variables: _, ...spec } = study({ task: tasks.failsOrStops, ...more });
      const one = new Sweep({
        ...spec,
        stopIf: ({ loss }) => Number(loss) > 2,
        search: {
          next: (history) => (history.length < 3 ? { x: history.length + 1 } : undefined),
          report: ({ x }, { status }) => void told.push(`${x} ${status}`),
        },
      });
      one.on('note', (text) => notes.push(text));
      assert.equal((await one.run()).length, 1);
      return one;
    };
    await searching();
    const second = await searching();
    const outcomes = ['1 done', '2 failed', '3 stopped'];
    assert.deepEqual([runs(), told], [3, [...outcomes, ...outcomes]]);
    assert.deepEqual([second.counters?.skipped, second.counters?.failures], [2, 1]);
    assert.match(notes.join('\n'), /points that failed in an earlier run, and they are not run again/);
    const ids = [...Ledger.peek(folder.output).records.ids('failed')];
    await searching({ ids });
    assert.deepEqual(folder.lines('notes'), ['ran 1', 'ran 2', 'ran 3', 'ran 2']);
  });

  it('tells no event of failures that are to be silent, and counts them all the same', async () => {
    const silent = new Sweep(study({ task: tasks.fails, onFailure: 'silent' }));
    const ended: string[] = [];
    silent.on('ended', (_, { status }) => ended.push(status));
    const results = await silent.run();
    assert.deepEqual([ended, results.missing.length, silent.counters?.failures], [[], 2, 2]);
  });

  it('takes options from the environment before the call, and from that before the file', () => {
    const file: SweepSpec = { limit: 1, output: 'of-file', workers: { count: 1, kind: 'thread' }, timeoutMs: 5 };
    const call = { limit: 2, workers: { count: 2 }, output: undefined } as unknown as SweepSpec;
    const env = {
      PYW_LIMIT: '3',
      PYW_WORKERS: ' auto ',
      PYW_RETRIES: '{"lost":4}',
      PYW_GPUS: '[0,1,"2,3"]',
      PYW_KIND: '',
      PYW_CANARY: 'yes',
    };
    assert.deepEqual(specFrom({ file, call }, env), {
      limit: 3,
      output: 'of-file',
      timeoutMs: 5,
      retries: { lost: 4 },
      canary: true,
      workers: { count: 'auto', kind: 'thread', gpus: [0, 1, '2,3'] },
    });
    assert.deepEqual(specFrom({}, { PYW_GPUS: 'inherit' }).workers, { gpus: 'inherit' });
    assert.deepEqual(specFrom({}, { PYW_GPUS: '{"gpus":1,"avoid":[0]}' }).workers, { gpus: { gpus: 1, avoid: [0] } });
    for (const [name, value, expected] of [
      ['PYW_LIMIT', 'many', /PYW_LIMIT takes a number, not "many"/],
      ['PYW_CANARY', 'maybe', /PYW_CANARY takes true or false/],
      ['PYW_RETRIES', '{lost', /PYW_RETRIES takes a number, or one for each class/],
      ['PYW_GPUS', 'all', /PYW_GPUS takes a number for each worker .* or inherit, not "all"/],
      ['PYW_GPUS', '[0,', /PYW_GPUS takes a number for each worker/],
    ] as const) {
      assert.throws(() => specFrom({}, { [name]: value }), expected);
    }
  });

  it('obeys the environment without a line of code changed', async () => {
    process.env.PYW_LIMIT = '1';
    try {
      assert.equal((await sweep(study({}))).length, 1);
    } finally {
      delete process.env.PYW_LIMIT;
    }
  });

  it('maps a function over points, and keeps nothing but the results', async () => {
    const results = await map(tasks.plain, [{ x: 1 }, { x: 7 }], { workers: { count: 1, kind: 'thread' } });
    assert.deepEqual(results.toRecords(), [
      { x: 1, y: 2 },
      { x: 7, y: 14 },
    ]);
    assert.equal((await map(tasks.plain, [])).length, 0);
    const kept = { output: folder.output, workers: { count: 1, kind: 'thread' as const } };
    assert.equal((await map(tasks.plain, [{ x: 1 }], kept)).length, 1);
    assert.ok(existsSync(join(folder.output, 'x=1', 'status.json')));
  });

  it('maps on when a worker dies of a point, which is missing then, and can be mapped again', async () => {
    const points = [{ x: 0 }, { x: 1 }, { x: 2 }];
    const { length, missing } = await map(diesAlways, points, { workers: { count: 2 }, retries: 0 });
    assert.equal(length, 2);
    assert.deepEqual(
      [...missing].map(({ reason, class: failure, error }) => [reason, failure, error !== undefined]),
      [['failed', 'lost', true]],
    );
    const again = await map(tasks.plain, missing.params(), { workers: { count: 1 } });
    assert.deepEqual(again.toRecords(), [{ x: 0, y: 0 }]);
  });

  it('maps into no folder of the environment, unless the call has one that it goes before', async () => {
    const workers = { count: 1, kind: 'thread' as const };
    const elsewhere = join(folder.path, 'elsewhere');
    process.env.PYW_OUTPUT = elsewhere;
    try {
      assert.equal((await map(tasks.plain, [{ x: 1 }], { workers })).length, 1);
      assert.equal((await map(tasks.noted, [{ x: 1 }], { workers })).length, 1);
      assert.equal(existsSync(elsewhere), false);
      await map(tasks.plain, [{ x: 1 }], { workers, output: folder.output });
    } finally {
      delete process.env.PYW_OUTPUT;
    }
    assert.deepEqual([existsSync(folder.output), existsSync(join(elsewhere, 'x=1'))], [false, true]);
  });

  it('makes the next stage from the results of the one before, each in a folder of its own', async () => {
    const coarse = study({ variables: { x: [1, 10] } });
    const fine = (previous: Awaited<ReturnType<typeof sweep>>): SweepSpec => {
      const best = Math.max(...previous.rows.map(({ x }) => Number(x)));
      return { ...coarse, variables: { x: [best - 1, best, best + 1] } };
    };
    const [first, second] = await stages(coarse, fine);
    assert.deepEqual([first?.length, second?.rows.map(({ x }) => x)], [2, [9, 10, 11]]);
    assert.deepEqual(readdirSync(folder.output).sort(), ['stage-1', 'stage-2']);
    process.env.PYW_OUTPUT = join(folder.path, 'elsewhere');
    try {
      await stages(coarse, fine);
    } finally {
      delete process.env.PYW_OUTPUT;
    }
    assert.deepEqual(readdirSync(join(folder.path, 'elsewhere')).sort(), ['stage-1', 'stage-2']);
  });

  it('notes that parameters are very large, which are sent and written down with each attempt', async () => {
    const notesOf = async (length: number): Promise<string[]> => {
      const output = join(folder.path, String(length));
      const large = new Sweep(study({ output, variables: { x: [1], text: ['x'.repeat(length)] } }));
      const notes: string[] = [];
      large.on('note', (text) => notes.push(text));
      await large.run();
      return notes;
    };
    assert.deepEqual(await notesOf(1000), []);
    const [note = '', ...more] = await notesOf(2_000_000);
    assert.match(note, /^the parameters of x=1\/text=\S+ take 2\.0 MB, .*: put what is large into a file/);
    assert.deepEqual(more, []);
  });

  it('shows the best result by the objective, where nothing else is asked for', async () => {
    const spec = study({ variables: { x: [2, 5, 3] } });
    const results = await sweep({ ...spec, objective: { metric: 'y', goal: 'max' } });
    assert.deepEqual(results.best().toRecords(), [{ x: 5, y: 10 }]);
    assert.deepEqual(
      results
        .filter(({ x }) => x !== 5)
        .best({ count: 2 })
        .rows.map(({ x }) => x),
      [3, 2],
    );
    assert.deepEqual((await sweep({ ...spec, objective: { metric: 'y' } })).best().toRecords(), [{ x: 2, y: 4 }]);
    assert.deepEqual(results.best('x', { goal: 'min' }).toRecords(), [{ x: 2, y: 4 }]);
    assert.throws(() => results.best('y', {} as never), /"goal" takes/);
    assert.throws(() => new Sweep({ ...spec, objective: {} } as never), /"objective" takes/);
    const without = await sweep(spec);
    assert.throws(() => without.best(), /no "objective"/);
  });

  it('leaves no trace of a plan that is only looked at', () => {
    const planned = new Sweep(study({}));
    assert.deepEqual(
      [...(planned.plan ?? [])].map((task) => task.folder),
      ['x=1', 'x=2'],
    );
    assert.equal(existsSync(folder.output), false);
  });

  it('keeps with the records how it was started, without what is secret', async () => {
    await sweep(study({ workers: { env: {} }, version: '7', computed: { z: ({ x }) => Number(x) + 1 } }));
    const starts = join(folder.output, '.pyw', 'starts');
    const names = readdirSync(starts);
    const [record = ''] = names.filter((name) => !name.endsWith('sweep.json'));
    const start = JSON.parse(readFileSync(join(starts, record), 'utf8'));
    assert.deepEqual(start.versions.node, process.versions.node);
    const copy = JSON.parse(readFileSync(join(starts, start.configuration), 'utf8'));
    assert.deepEqual([copy.version, copy.variables], ['7', { x: [1, 2] }]);
    assert.match(copy.computed.z, /Number\(x\) \+ 1/);
    const given = { configuration: { name: 'study.yaml', text: 'x: [1, 2]\n' } };
    await new Sweep(study({ output: join(folder.path, 'other') }), given).run();
    const secret = configurationOf({
      workers: { hosts: [{ host: 'h', token: 'hidden' }], env: { API_KEY: 'hidden' } },
    });
    assert.doesNotMatch(secret.text, /hidden/);
    const kept = readdirSync(join(folder.path, 'other', '.pyw', 'starts')).find((name) => name.endsWith('study.yaml'));
    assert.equal(readFileSync(join(folder.path, 'other', '.pyw', 'starts', kept ?? ''), 'utf8'), 'x: [1, 2]\n');
  });

  it('gives the same table from one worker as from four, in the order of the plan', async () => {
    const table = async (count: number): Promise<unknown> => {
      const output = join(folder.path, String(count));
      return (
        await sweep(study({ output, variables: { x: [5, 3, 9, 1, 7], z: ['b', 'a'] }, workers: { count } }))
      ).toRecords();
    };
    assert.deepEqual(await table(4), await table(1));
  });
});
