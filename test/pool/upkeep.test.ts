import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { map, Pool, PoolError } from 'pyworkers';
import * as tasks from '../fixtures/pool-tasks.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { ServerProcess, testToken } from '../support/server-process.js';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('A pool, looking after its workers', () => {
  it('has as many as there is work for', async () => {
    await using pool = new Pool(tasks.slowly, { idleTimeoutMs: 150 });
    await pool.addWorkers('thread', { min: 1, max: 4 }, { name: 'elastic' });
    assert.deepEqual(
      pool.workers.map(({ name }) => name),
      ['elastic-1'],
    );
    await pool.run(upTo(40));
    assert.equal(pool.workers.length, 4);
    await eventually(() => pool.workers.length === 1);
    assert.deepEqual(await pool.run([7]), [7]);
  });

  it('may have none while there is nothing to do', async () => {
    await using pool = await Pool.of(tasks.double, { threads: { max: 2 } }, { idleTimeoutMs: 50 });
    assert.equal(pool.workers.length, 0);
    assert.equal(await pool.call(4), 8);
    assert.equal(pool.workers.length, 1);
    await eventually(() => pool.workers.length === 0);
    assert.deepEqual(await pool.run([1, 2]), [2, 4]);
    await assert.rejects(pool.addWorkers('thread', { min: 3, max: 2 }), /min <= max/);
  });

  it('says why workers that come on demand cannot start', async () => {
    await using pool = new Pool(tasks.double, { respawn: { max: 2 } });
    await pool.addWorkers('process', { max: 2 }, { stdio: 'ignore', execArgv: ['--no-such-flag'] });
    await assert.rejects(pool.run([1]), (error) => {
      assert.ok(error instanceof PoolError);
      assert.equal(error.code, 'ERR_POOL_NO_WORKERS');
      assert.ok(error.cause instanceof Error, 'with the reason');
      return true;
    });
  });

  for (const kind of ['thread', 'process'] as const) {
    it(`replaces one that holds too much memory, after its call (${kind})`, async () => {
      await using pool = new Pool(tasks.hoard, { maxMemoryMb: 300 });
      await pool.addWorker(kind);
      const held = await pool.run(upTo(12).map(() => 50));
      assert.equal(held[0], 1);
      assert.ok(held.filter((count) => count === 1).length >= 2, `${held}`);
      assert.ok(Math.max(...held) <= 7, `${held}`);
    });
  }

  it('tries again, more and more slowly, to start a worker on a server that is down', async () => {
    const port = await freePort();
    const args = ['--port', String(port)];
    let server = await ServerProcess.start(args);
    Object.assign(process.env, { PYW_TOKEN: testToken });
    try {
      await using pool = await Pool.of(tasks.slowly, { remotes: [`127.0.0.1:${port}`] });
      const values = pool.run(upTo(20));
      await sleep(100);
      server.child.kill('SIGKILL');
      await server.exit;
      await sleep(400);
      server = await ServerProcess.start(args);
      assert.deepEqual(await values, upTo(20));
    } finally {
      delete process.env.PYW_TOKEN;
      await server.stop();
    }
  });

  it('is closed within a time limit', async () => {
    const pool = await Pool.of(tasks.block, { processes: 1 });
    const run = pool.run([20_000]);
    void run.catch(() => {});
    const startedAt = performance.now();
    await pool.close({ timeoutMs: 100 });
    assert.ok(performance.now() - startedAt < 3000);
    await assert.rejects(run, { code: 'ERR_POOL_ABORTED' });
  });

  it('tells what goes on', async () => {
    await using pool = await Pool.of(tasks.inSteps, { threads: 1 });
    const told: string[] = [];
    pool
      .on('enqueued', (index, worker) => told.push(`enqueued ${index} ${worker}`))
      .on('started', (index) => told.push(`started ${index}`))
      .on('progress', (value, index, worker) => told.push(`progress ${value} of ${index} at ${worker}`))
      .on('finished', ({ index }) => told.push(`finished ${index}`))
      .on('idle', () => told.push('idle'));
    await pool.run([4]);
    assert.deepEqual(told, ['enqueued 0 pool-1', 'started 0', 'progress 5 of 0 at pool-1', 'finished 0', 'idle']);
  });

  it('counts and measures, in plain data for a log', async () => {
    await using pool = await Pool.of(tasks.block, { threads: 1, processes: 1 }, { name: 'measured' });
    const startedAt = performance.now();
    await pool.run(upTo(120).map(() => 5));
    const tookMs = performance.now() - startedAt;
    const stats = JSON.parse(JSON.stringify(pool)) as ReturnType<typeof pool.stats>;
    assert.equal(stats.name, 'measured');
    assert.deepEqual([stats.calls, stats.failed, stats.runs, stats.backlog, stats.inFlight], [120, 0, 0, 0, 0]);
    assert.equal(stats.workers.length, 2);
    for (const { calls, runMs, transferMs, utilisation, bytesSent, bytesReceived } of stats.workers) {
      assert.ok(calls > 5);
      assert.ok(runMs.p50 >= 5 && runMs.p99 >= runMs.p50 && runMs.max >= 0.99 * runMs.p99, JSON.stringify(runMs));
      assert.ok(
        runMs.mean * calls <= 1.05 * tookMs && transferMs.max <= 1.05 * tookMs,
        JSON.stringify({ runMs, tookMs }),
      );
      assert.ok(utilisation > 0 && utilisation <= 1);
      assert.ok(bytesSent > 100 && bytesReceived > 100);
    }
  });

  it('keeps no values, if nobody wants them', async () => {
    await using pool = await Pool.of(tasks.failOnOdd, { threads: 1 });
    assert.deepEqual(await pool.run([0, 2, 4], { keepValues: false }), []);
    await assert.rejects(pool.run([0, 1], { keepValues: false }), /Input 1 failed/);
  });

  it('need not be made for one map()', async () => {
    assert.deepEqual(await map(tasks.double, [1, 2, 3]), [2, 4, 6]);
    assert.deepEqual(await map(tasks.double, new Set([1, 2]), { threads: 1, processes: 1 }), [2, 4]);
    await assert.rejects(map(tasks.failOnOdd, [2, 3], { threads: 1 }), { code: 'ERR_POOL_FAILED' });
    await assert.rejects(map(tasks.double, [1], { theads: 1 } as object), /no option "theads"/);
  });
});
