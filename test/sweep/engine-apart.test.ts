import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type SweepSpec, sweep } from 'pyworkers/sweep';
import * as tasks from '../fixtures/sweep-apart-tasks.js';
import { sweepFolder } from '../support/sweep-folder.js';

const kinds = ['process', 'thread', 'inline'] as const;

describe('The tasks of one worker', () => {
  const folder = sweepFolder();

  it('start in the folder of their worker, wherever one before them has gone', async () => {
    const study: SweepSpec = { variables: { x: [1, 2, 3] }, task: tasks.wanders };
    const results = await sweep({ ...study, output: folder.output, workers: { count: 1 } });
    assert.deepEqual(
      results.rows.map(({ from }) => from),
      Array(3).fill(process.cwd()),
    );
    const cwd = realpathSync(folder.path);
    const elsewhere = await sweep({ ...study, output: join(folder.path, 'other'), workers: { count: 1, cwd } });
    assert.deepEqual(
      elsewhere.rows.map(({ from }) => from),
      Array(3).fill(cwd),
    );
  });

  it('stay in the folder that the setup of their worker has chosen', async () => {
    const results = await sweep({
      output: folder.output,
      variables: { x: [1, 2] },
      task: tasks.wanders,
      workers: { count: 1, setup: tasks.settles, env: { PYW_NOTES: join(folder.path, 'notes') } },
    });
    assert.deepEqual(
      results.rows.map(({ from }) => from),
      Array(2).fill(realpathSync(folder.path)),
    );
  });

  for (const kind of kinds) {
    it(`have parameters and a context of their own, whatever one before them has done to its own (${kind})`, async () => {
      const results = await sweep({
        output: folder.output,
        variables: { list: [[1, 2]], seed: [1, 2, 3] },
        task: tasks.meddles,
        workers: { count: 1, kind },
      });
      assert.deepEqual(
        results.rows.map(({ list, seed, sum, wasMarked }) => ({ list, seed, sum, wasMarked })),
        [1, 2, 3].map((seed) => ({ list: [1, 2], seed, sum: 3, wasMarked: false })),
      );
    });
  }

  it('see no other variables of the environment than those that are passed on', async () => {
    process.env.PYW_TEST_SECRET = 'hush';
    try {
      const passedOn = new Set(['PATH', 'HOME']);
      const others = Object.keys(process.env).filter((name) => !passedOn.has(name));
      const env = { ...Object.fromEntries(others.map((name) => [name, undefined])), MINE: 'yes' };
      const results = await sweep({
        output: folder.output,
        variables: { x: [1] },
        commands: `node -p '"::result " + JSON.stringify({ names: Object.keys(process.env) })'`,
        workers: { count: 1, env },
      });
      const names = results.rows[0]?.names as string[];
      assert.ok(names.includes('PATH') && names.includes('MINE'));
      const shell = ['PWD', 'OLDPWD', 'SHLVL', '_'];
      const own = /^(PYW_(?!TEST)|CUDA_|ROCR_|HIP_|NODE_)/;
      assert.deepEqual(
        names.filter((name) => !passedOn.has(name) && name !== 'MINE' && !own.test(name) && !shell.includes(name)),
        [],
      );
    } finally {
      delete process.env.PYW_TEST_SECRET;
    }
  });

  it('may run a sweep of their own', async () => {
    const results = await sweep({
      output: folder.output,
      variables: { x: [1, 2] },
      task: tasks.sweepsItself,
      workers: { count: 2 },
    });
    assert.deepEqual(results.toRecords(), [
      { x: 1, rows: 3, sum: 12 },
      { x: 2, rows: 3, sum: 18 },
    ]);
  });
});

describe('Several sweeps in one process', () => {
  const folder = sweepFolder();

  it('run at the same time, with workers of different kinds, and know nothing of each other', async () => {
    const all = await Promise.all(
      kinds.map((kind, i) =>
        sweep({
          output: join(folder.path, kind),
          variables: { x: [1, 2, 3] },
          defaults: { y: i },
          task: tasks.adds,
          workers: { count: 2, kind },
        }),
      ),
    );
    assert.deepEqual(
      all.map((results) => results.rows.map(({ sum }) => sum)),
      kinds.map((_, i) => [1 + i, 2 + i, 3 + i]),
    );
  });
});
