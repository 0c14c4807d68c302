import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { examine } from '#internal/sweep/results/examine.js';
import { linesOf } from '#internal/sweep/results/lines.js';
import { latestLog } from '#internal/sweep/results/task-logs.js';
import { entry } from '../fixtures/sweep-entries.js';

describe('Logs of a sweep that has run', () => {
  let output = '';
  beforeEach(() => {
    output = mkdtempSync(join(tmpdir(), 'pyworkers-test-'));
  });
  afterEach(() => rmSync(output, { recursive: true, force: true }));

  function write(path: string, text: string, { ageS = 0 } = {}): void {
    mkdirSync(dirname(join(output, path)), { recursive: true });
    writeFileSync(join(output, path), text);
    const at = Date.now() / 1000 - ageS;
    utimesSync(join(output, path), at, at);
  }

  it('give a table: one row a folder, with its parameters and what a pattern matched last', async () => {
    write('lr-10/train.log', 'epoch 1 loss=0.5\nepoch 2 loss=2.5e-1 top=a\n');
    write('lr-10/params.json', '{"lr": 10, "name": "x"}');
    write('lr-2/train.log', 'loss=nan\n');
    write('lr-2/params.json', '{"lr": 2}');
    write('none/notes.txt', 'loss=1');
    const results = await examine(output, { regex: /loss=(?<loss>\S+)(?: top=(?<top>\S+))?/ });
    assert.deepEqual(results.rows, [
      { lr: 2, name: null, loss: null, top: null, 'task.folder': 'lr-2' },
      { lr: 10, name: 'x', loss: 0.25, top: 'a', 'task.folder': 'lr-10' },
    ]);
    assert.deepEqual(
      results.columns.map(({ kind, type }) => `${kind} ${type}`),
      ['parameter int', 'parameter string', 'metric float', 'metric string', 'meta string'],
    );
  });

  it('have the parameters beside them that the sweep has written', async () => {
    write('a/log.train', 'loss=1\n');
    write('a/params.json', '{"id":"00","params":{"lr":0.1,"id":3},"texts":{"lr":"1e-1"}}');
    const results = await examine(output, { regex: /loss=(?<loss>\S+)/ });
    assert.deepEqual(results.rows, [{ lr: 0.1, id: 3, loss: 1, 'task.folder': 'a' }]);
  });

  it('may hold lines of JSON, of which the last value of each key counts, and what is none is left out', async () => {
    write('a/log', 'start\n{"loss": 3, "step": 1}\n{"loss": 2}\n[1]\n{not json}\n{"loss": 1, "st');
    const results = await examine(output, { jsonLines: true });
    assert.deepEqual(results.select('loss', 'step').rows, [{ loss: 2, step: 1 }]);
  });

  it('are read by a function, which sees the folder, its parameters and other logs', async () => {
    write('a/train.log', 'one\ntwo\n');
    write('a/test.log', 'three\n', { ageS: 100 });
    write('a/params.json', '{"lr": 1}');
    const results = await examine([join(output, 'a'), join(output, 'gone')], async (log) => {
      if (!log.path) return undefined;
      let lines = 0;
      for await (const _ of log.lines()) lines += 1;
      return { lines, double: Number(log.params.lr) * 2, other: await log.latestLog('test'), bad: Number.NaN };
    });
    const shown = results.select('lines', 'double', 'other', 'bad').rows;
    assert.deepEqual(shown, [
      { lines: 2, double: 2, other: join(output, 'a', 'test.log'), bad: null },
      { lines: null, double: null, other: null, bad: null },
    ]);
  });

  it('are those of the tasks, where these are given: with results, in the order of the plan', async () => {
    write('task-1/train.log', 'loss=1');
    write('task-0/train.log', 'loss=2');
    write('task-0/other.log', 'loss=7');
    write('stray/train.log', 'loss=9');
    const commands = [{ name: 'train', line: '', status: 'done', log: 'train.log' }] as const;
    const tasks = [
      entry(0, { loss: 'mse' }, { result: { y: 5 }, commands }),
      entry(1, { loss: 'l1' }, { metrics: { step: 3 } }),
      entry(2, { loss: 'x' }),
    ];
    const results = await examine(output, { regex: /loss=(?<loss>\d+)/ }, { tasks });
    assert.deepEqual(results.rows, [
      { loss: 'mse', y: 5, step: null, 'metric.loss': 2 },
      { loss: 'l1', y: null, step: 3, 'metric.loss': 1 },
    ]);
    assert.equal(results.missing.length, 1);
  });

  it('are told apart by the command they belong to, the one written last counts', async () => {
    write('a/train.log', 'x', { ageS: 50 });
    write('a/log.train.2026-01-31', 'x', { ageS: 20 });
    write('a/train.2.log', 'x', { ageS: 40 });
    write('a/trainer.log', 'x', { ageS: 10 });
    write('a/catalog.train', 'x');
    const folder = join(output, 'a');
    assert.equal(await latestLog('train', folder), join(folder, 'log.train.2026-01-31'));
    assert.equal(await latestLog(undefined, folder), join(folder, 'trainer.log'));
    assert.equal(await latestLog('test', folder), undefined);
    assert.equal(await latestLog('train', join(output, 'none')), undefined);
  });

  it('are read line by line, a very long line cut, a carriage return being an end as well', async () => {
    write('a.log', `10%\r20%\r\n\nlast ${'é'.repeat(3_000_000)}\nend`);
    const lines: string[] = [];
    for await (const line of linesOf(join(output, 'a.log'))) lines.push(line);
    assert.deepEqual(
      lines.map(({ length }) => length),
      [3, 3, 2 ** 20, 3],
    );
  });

  it('are found below links to folders only once', async () => {
    write('a/log', 'x=1');
    symlinkSync(output, join(output, 'a', 'loop'));
    assert.equal((await examine(output, { regex: /x=(?<x>\d)/ })).length, 1);
  });

  it('that cannot be examined are named in the error', async () => {
    write('a/log', 'x');
    const failing = examine(output, () => {
      throw new Error('no such metric');
    });
    await assert.rejects(failing, /No metrics could be taken from .*\/a\/log: Error: no such metric/);
    write('a/params.json', '[1]');
    await assert.rejects(examine(output, { jsonLines: true }), /a\/params\.json holds no parameters/);
    await assert.rejects(examine(output, { regex: /x=(\d)/ }), /has no named group/);
    await assert.rejects(examine(output, {} as { jsonLines: true }), /examine\(\) takes a function/);
    await assert.rejects(
      examine(output, { jsonLines: true }, { concurrency: 0 }),
      /"concurrency" takes a whole number/,
    );
  });

  it('are read so many at a time, and no more', async () => {
    for (let i = 0; i < 20; i += 1) write(`t${i}/log`, 'x');
    let active = 0;
    let most = 0;
    const read = async ({ lines }: { lines(): AsyncIterable<string> }): Promise<undefined> => {
      active += 1;
      most = Math.max(most, active);
      for await (const _ of lines());
      active -= 1;
    };
    assert.equal((await examine(output, read, { concurrency: 3 })).length, 20);
    assert.equal(most, 3);
  });
});
