import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PersistentThreadWorker, type PersistentWorker, Pool, PoolError } from 'pyworkers';
import * as tasks from '../fixtures/pool-tasks.js';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('A pool in an odd moment', () => {
  it('waits for the worker that choose() wants while it is being replaced', async () => {
    await using pool = await Pool.of(tasks.double, { threads: 2 }, { maxCallsPerWorker: 1 });
    const choose = ({ name }: PersistentWorker): boolean => name === 'pool-2';
    assert.deepEqual(await pool.run(upTo(5), { choose }), upTo(5).map(tasks.double));
  });

  it('keeps all its workers however often runs are aborted', async () => {
    await using pool = await Pool.of(tasks.block, { threads: 4 });
    for (let i = 0; i < 3; i++) {
      const signal = AbortSignal.timeout(50);
      await assert.rejects(
        pool.run(
          upTo(4).map(() => 60_000),
          { signal },
        ),
        { code: 'ERR_POOL_ABORTED' },
      );
    }
    await pool.run(upTo(8).map(() => 1));
    assert.equal(pool.workers.length, 4);
  });

  it('ends a run that is aborted while it tells of a retry', async () => {
    await using pool = await Pool.of(tasks.failFirst, { threads: 1 });
    const controller = new AbortController();
    pool.on('retried', () => controller.abort());
    const retry = { on: 'any', backoffMs: 60_000 } as const;
    await assert.rejects(pool.run([1, 2], { retry, signal: controller.signal }), { code: 'ERR_POOL_ABORTED' });
  });

  it('notices that a worker was closed before it was up', async () => {
    await using pool = new Pool(tasks.double);
    const own = new PersistentThreadWorker(tasks.double);
    pool.attach(own);
    own.close();
    await assert.rejects(pool.run([1, 2]), { code: 'ERR_POOL_NO_WORKERS' });
  });

  it('is closed although no worker can be made any more', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pyw-'));
    await using pool = new Pool(tasks.poison, { respawn: { max: 2, backoffMs: 1 } });
    await pool.addWorker('process', { cwd: folder });
    rmSync(folder, { recursive: true });
    await assert.rejects(pool.run([13]), (error) => {
      assert.ok(error instanceof PoolError && error.cause instanceof Error);
      return error.code === 'ERR_POOL_NO_WORKERS';
    });
  });

  it('replaces workers that are worn out even if none that died is', async () => {
    await using pool = await Pool.of(tasks.double, { threads: 1 }, { respawn: false, maxCallsPerWorker: 2 });
    assert.deepEqual(await pool.run(upTo(6)), upTo(6).map(tasks.double));
    assert.deepEqual(await pool.run(upTo(2)), [0, 2]);
  });

  it('leaves a worker of yours alone, however many calls it had', async () => {
    await using pool = new Pool(tasks.double, { maxCallsPerWorker: 2 });
    pool.attach(new PersistentThreadWorker(tasks.double));
    assert.deepEqual(await pool.run(upTo(6)), upTo(6).map(tasks.double));
  });

  it('gets somewhere with workers that go as soon as they idle', async () => {
    await using pool = await Pool.of(tasks.double, { threads: { max: 2 } }, { idleTimeoutMs: 0 });
    assert.deepEqual(await pool.run(upTo(20)), upTo(20).map(tasks.double));
  });

  it('begins nothing after a run was stopped', async () => {
    await using pool = await Pool.of(tasks.block, { threads: 1 }, { prefetch: 3 });
    await pool.run([1]);
    const startedAt = performance.now();
    await assert.rejects(pool.run([1, (() => 1) as never, 60_000]), /args\[0\]/);
    assert.ok(performance.now() - startedAt < 3000);
    const choose = (_: PersistentWorker, ms: number): boolean => {
      if (ms === 5) throw new Error('five');
      return true;
    };
    await assert.rejects(pool.run([60_000, 5, 1, 1], { choose }), /five/);
    assert.deepEqual(await pool.run([1]), [1]);
  });

  it('lets no run pay for what another one does to workers', async () => {
    await using pool = await Pool.of(tasks.poison, { processes: 1 }, { prefetch: 4, retry: { attempts: 2 } });
    const [deadly, harmless] = await Promise.allSettled([
      pool.run([1, 13, 2], { onError: 'collect' }),
      pool.run(upTo(12)),
    ]);
    assert.deepEqual(harmless, { status: 'fulfilled', value: upTo(12) });
    assert.ok(deadly.status === 'rejected' && deadly.reason instanceof PoolError);
    assert.deepEqual(deadly.reason.results, [1, undefined, 2]);
  });

  it('says of inputs whose values nobody wanted that they are done', async () => {
    await using pool = await Pool.of(tasks.failOnOdd, { threads: 1 });
    await assert.rejects(pool.run([0, 1, 2], { keepValues: false, onError: 'collect' }), (error) => {
      assert.ok(error instanceof PoolError);
      assert.deepEqual(
        error.outcomes.map(({ type }) => type),
        ['returned', 'threw', 'returned'],
      );
      return true;
    });
  });

  it('says of what waited when a run was aborted that it was not processed', async () => {
    await using pool = await Pool.of(tasks.block, { threads: 1 }, { prefetch: 8 });
    await pool.run([1]);
    const run = pool.run([60_000, 1, 1, 1], { signal: AbortSignal.timeout(100) });
    await assert.rejects(run, (error) => {
      assert.ok(error instanceof PoolError);
      assert.deepEqual(
        error.outcomes.map(({ type }) => type).filter((type) => type !== 'notRun'),
        ['terminated'],
      );
      return true;
    });
  });
});
