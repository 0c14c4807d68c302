import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { END, type PersistentWorker, Pool, PoolError } from 'pyworkers';
import { Deferred } from '#internal/base/deferred.js';
import * as tasks from '../fixtures/pool-tasks.js';
import { eventually } from '../support/eventually.js';

describe('A pool, and a source that does not know how many inputs it has', () => {
  it('gives an input that comes late to the worker for which it was asked', async () => {
    await using pool = await Pool.of((name: string) => name, { threads: 3 }, { prefetch: 1 });
    let left = 200;
    const source = async (worker: PersistentWorker<(name: string) => string>): Promise<string | typeof END> => {
      await sleep(1);
      return left-- > 0 ? worker.name : END;
    };
    const names = new Set<string>();
    for await (const { input, worker } of pool.stream(source)) {
      assert.equal(worker, input);
      names.add(worker);
    }
    assert.deepEqual([...names].sort(), ['pool-1', 'pool-2', 'pool-3']);
  });

  it('gives it to another one when that worker has gone meanwhile', async () => {
    await using pool = await Pool.of(tasks.double, { threads: 2 });
    const asked: string[] = [];
    const values = await pool.run(async (worker) => {
      asked.push(worker.name);
      if (asked.length > 1) return END;
      await pool.removeWorker(worker.name);
      return 4;
    });
    assert.deepEqual(values, [8]);
    assert.equal(new Set(asked).size, 2);
  });

  it('gives it to the worker that is there in its place, or to another one', async () => {
    await using pool = await Pool.of(tasks.double, { processes: 2 });
    let askedFor: PersistentWorker<typeof tasks.double> | undefined;
    const values = await pool.run(async (worker) => {
      if (askedFor) return END;
      askedFor = worker;
      await worker.terminate();
      return 4;
    });
    assert.deepEqual(values, [8]);
    assert.equal(askedFor?.isAlive(), false);
  });

  it('gives it to another one when that worker is at a long call meanwhile', async () => {
    await using pool = await Pool.of(tasks.slowly, { threads: 2 }, { prefetch: 1 });
    let askedFor: string | undefined;
    const ended: string[] = [];
    let long: Promise<unknown> | undefined;
    await pool.run(async ({ name }) => {
      if (askedFor) return END;
      askedFor = name;
      const begun = new Deferred<void>();
      pool.on('started', () => begun.resolve());
      const choose = (worker: PersistentWorker): boolean => worker.name === name;
      long = pool.run([[1, 1500]], { spread: true, choose }).then(() => ended.push('long'));
      await begun.promise;
      return 2;
    });
    ended.push('short');
    await long;
    assert.deepEqual(ended, ['short', 'long']);
  });

  for (const [sort, sourceOf] of [
    ['generator', syncInputs],
    ['async generator', asyncInputs],
  ] as const) {
    it(`is through when its last worker is removed at the last input of a source (${sort})`, async () => {
      await using pool = await Pool.of(tasks.slowly, { threads: 1 }, { prefetch: 1 });
      let removed: Promise<void> | undefined;
      pool.on('started', (index) => {
        if (index === 1) removed = pool.removeWorker('pool-1');
      });
      assert.deepEqual(await pool.run(sourceOf(2)), [1, 2]);
      await removed;
    });

    it(`says that no worker is left for the next input (${sort})`, async () => {
      await using pool = await Pool.of(tasks.slowly, { threads: 1 }, { prefetch: 1 });
      pool.on('started', () => void pool.removeWorker('pool-1'));
      await assert.rejects(pool.run(sourceOf(3)), (error) => {
        assert.ok(error instanceof PoolError);
        assert.deepEqual([error.code, error.results], ['ERR_POOL_NO_WORKERS', [1]]);
        return true;
      });
    });
  }

  it('waits for a source without any worker: one may be there when the input is', async () => {
    await using pool = new Pool(tasks.double);
    const input = new Deferred<number>();
    const values = pool.run(
      (async function* () {
        yield await input.promise;
      })(),
    );
    await pool.addWorker('thread');
    await pool.removeWorker('pool-1');
    await pool.addWorker('thread');
    input.resolve(4);
    assert.deepEqual(await values, [8]);
  });

  it('has no worker come and go while a source has nothing to give', async () => {
    await using pool = await Pool.of(tasks.double, { threads: { max: 2 } }, { idleTimeoutMs: 20 });
    let come = 0;
    pool.on('worker', () => come++);
    const input = new Deferred<number>();
    const values = pool.run(
      (async function* () {
        yield 1;
        yield await input.promise;
        yield 3;
      })(),
    );
    await eventually(() => come > 0 && pool.workers.length === 0);
    const before = come;
    await sleep(300);
    assert.equal(come, before);
    input.resolve(2);
    assert.deepEqual(await values, [2, 4, 6]);
    assert.ok(come > before);
  });
});

function* syncInputs(count: number): Generator<number> {
  for (let x = 1; x <= count; x++) yield x;
}

async function* asyncInputs(count: number): AsyncGenerator<number> {
  for (let x = 1; x <= count; x++) {
    await sleep(1);
    yield x;
  }
}
