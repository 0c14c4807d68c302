import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { END, type Kind, PersistentThreadWorker, Pool, PoolError, type PoolItem, zip } from 'pyworkers';
import * as tasks from '../fixtures/pool-tasks.js';
import { suiteServer } from '../support/suite-server.js';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('A pool', () => {
  const server = suiteServer();

  for (const kind of ['thread', 'process', 'remote', 'inline'] as const satisfies readonly Kind[]) {
    it(`gives each of ten inputs to one of three workers, once, in order (${kind})`, async () => {
      await using pool = new Pool(tasks.double);
      for (let i = 0; i < 3; i++) await pool.addWorker(kind);
      assert.deepEqual(await pool.run(upTo(10)), upTo(10).map(tasks.double));
    });
  }

  it('mixes kinds, and targets and arguments of their own', async () => {
    await using pool = new Pool(tasks.add, { args: [0, 100] });
    await pool.addWorker('thread');
    await pool.addWorker('process', { args: [0, 200] });
    await pool.addWorker('remote', { target: (x: number, y: number) => x * y, args: [0, 300] });
    const seen = new Set<number>();
    for await (const item of pool.stream(Array.from({ length: 300 }, () => 1))) {
      assert.ok(item.type === 'returned');
      seen.add(item.value);
    }
    assert.deepEqual([...seen].sort(), [101, 201, 300]);
  });

  it('is made in one go, and fails as a whole when a worker cannot be started', async () => {
    await using pool = await Pool.of(tasks.double, { threads: 2, processes: 1, remotes: [server.address] });
    assert.deepEqual(
      pool.workers.map(({ kind }) => kind),
      ['thread', 'thread', 'process', 'remote'],
    );
    assert.deepEqual(await pool.run(upTo(100)), upTo(100).map(tasks.double));
    await assert.rejects(Pool.of(tasks.double, { threads: 1, remotes: ['127.0.0.1:1'] }), {
      code: 'ERR_CONNECT_REFUSED',
    });
  });

  it('takes inputs from anything: generators, async ones, functions, several sources side by side', async () => {
    await using pool = await Pool.of(tasks.add, { threads: 2 }, { args: [0, 1] });
    async function* late() {
      for (const x of upTo(5)) {
        await sleep(1);
        yield x;
      }
    }
    assert.deepEqual(await pool.run(new Set([1, 2])), [2, 3]);
    assert.deepEqual(await pool.run(late()), [1, 2, 3, 4, 5]);
    let left = 3;
    assert.deepEqual(await pool.run(() => (left-- > 0 ? left : END)), [3, 2, 1]);
    left = 2;
    assert.deepEqual(await pool.run(async (worker) => (left-- > 0 ? worker.name.length : END)), [7, 7]);
    assert.deepEqual(await pool.run(zip([1, 2, 3], upTo(2)), { spread: true }), [1, 3]);
    assert.deepEqual(await pool.run([]), []);
  });

  it('streams items as they end, or in the order of the inputs', async () => {
    await using pool = await Pool.of(tasks.slowly, { threads: 2 });
    const inputs: [number, number][] = [
      [0, 200],
      [1, 1],
      [2, 1],
    ];
    const order = async (ordered: boolean): Promise<number[]> => {
      const items: PoolItem<unknown, number>[] = [];
      for await (const item of pool.stream(inputs, { spread: true, ordered })) items.push(item);
      for (const { startedAt, endedAt, attempt, worker } of items) {
        assert.ok(startedAt <= endedAt && attempt === 1 && worker.startsWith('pool-'));
      }
      return items.map(({ index }) => index);
    };
    assert.equal((await order(false)).at(-1), 0);
    assert.deepEqual(await order(true), [0, 1, 2]);
  });

  it('reads an endless source no further than it can hold, and ends with its reader', async () => {
    await using pool = await Pool.of(tasks.double, { threads: 2 });
    let read = 0;
    let isReleased = false;
    function* endless() {
      try {
        for (;;) yield read++;
      } finally {
        isReleased = true;
      }
    }
    for await (const { index } of pool.stream(endless())) {
      if (index === 10) await sleep(300); // a slow reader
      if (index >= 10) break;
    }
    assert.ok(isReleased);
    assert.ok(read < 5000, `${read} were read`);
    assert.deepEqual(await pool.run([4]), [8]);
  });

  it('answers single calls, with the error of the target', async () => {
    await using pool = await Pool.of(tasks.failOnOdd, { threads: 1 });
    assert.equal(await pool.call(4), 4);
    await assert.rejects(pool.call(5), { name: 'RangeError', message: '5 is odd' });
  });

  it('does several runs, one after the other and side by side', async () => {
    await using pool = await Pool.of(tasks.countCalls, { threads: 1 });
    const [a, b] = await Promise.all([pool.run(upTo(50)), pool.run(upTo(50))]);
    const c = await pool.run(upTo(10));
    assert.deepEqual(
      [...a, ...b, ...c].sort((x, y) => x - y),
      upTo(110).map((x) => x + 1),
    );
  });

  it('has fresh workers after a restart', async () => {
    await using pool = await Pool.of(tasks.countCalls, { threads: 1, processes: 1 });
    await pool.run(upTo(10));
    await pool.restartWorkers();
    assert.equal(Math.max(...(await pool.run(upTo(2)))) <= 2, true);
  });

  it('stops at the first error, with what there is, or works off the rest', async () => {
    await using pool = await Pool.of(tasks.failOnOdd, { threads: 1 }, { prefetch: 1 });
    await assert.rejects(pool.run([0, 2, 5, 4]), (error) => {
      assert.ok(error instanceof PoolError);
      assert.equal(error.code, 'ERR_POOL_FAILED');
      assert.match(error.message, /Input 2 failed.*5 is odd/);
      assert.deepEqual(error.results, [0, 2, undefined]);
      assert.ok(error.cause instanceof RangeError);
      return true;
    });
    await assert.rejects(pool.run([0, 1, 2, 3], { onError: 'collect' }), (error) => {
      assert.ok(error instanceof PoolError);
      assert.match(error.message, /^2 of 4 inputs failed, the first of them input 1/);
      assert.deepEqual(
        error.outcomes.map(({ type }) => type),
        ['returned', 'threw', 'returned', 'threw'],
      );
      return true;
    });
    const types: string[] = [];
    for await (const item of pool.stream([0, 1, 2])) types.push(item.type);
    assert.deepEqual(types, ['returned', 'threw', 'returned']);
  });

  it('tells when all workers raise, and lives on', async () => {
    await using pool = await Pool.of(tasks.always, { threads: 2, processes: 1 });
    await assert.rejects(
      pool.run(
        Array.from({ length: 20 }, () => undefined),
        { onError: 'collect' },
      ),
      /20 of 20 inputs failed/,
    );
    assert.equal(pool.workers.length, 3);
  });

  it('finds the one input that kills processes, and does all others', async () => {
    await using pool = await Pool.of(tasks.poison, { processes: 2 }, { retry: { attempts: 2 } });
    const died: string[] = [];
    pool.on('died', (name) => died.push(name));
    const items = new Map<number, PoolItem<unknown, number>>();
    for await (const item of pool.stream(upTo(200))) {
      assert.ok(!items.has(item.index));
      items.set(item.index, item);
    }
    assert.equal(items.size, 200);
    for (const [index, item] of items) assert.equal(item.type, index === 13 ? 'lost' : 'returned');
    assert.ok(died.length >= 2 && died.length <= 4, `${died.length} died`);
    assert.deepEqual(await pool.run([1, 2]), [1, 2]);
  });

  it('never tries again what may have run, if so told', async () => {
    await using pool = await Pool.of(tasks.poison, { processes: 1 }, { retry: { attempts: 1 }, prefetch: 1 });
    const items: PoolItem<unknown, number>[] = [];
    for await (const item of pool.stream([1, 13, 2])) items.push(item);
    assert.deepEqual(
      items.map(({ type, attempt }) => `${type} ${attempt}`),
      ['returned 1', 'lost 1', 'returned 1'],
    );
  });

  it('tries again what threw, if so told, after a while', async () => {
    await using pool = await Pool.of(tasks.failFirst, { threads: 1 });
    const retried: number[] = [];
    pool.on('retried', (index) => retried.push(index));
    const startedAt = performance.now();
    const values = await pool.run(upTo(3), { retry: { on: 'any', attempts: 2, backoffMs: 50 } });
    assert.deepEqual(values, upTo(3));
    assert.deepEqual(retried, upTo(3));
    assert.ok(performance.now() - startedAt >= 49);
  });

  it('gives up on workers that die again and again, and says so', async () => {
    const options = { retry: { attempts: 100 }, respawn: { max: 3 } };
    await using pool = await Pool.of(tasks.poison, { processes: 1 }, options);
    await assert.rejects(pool.run([1, 13, 2]), (error) => {
      assert.ok(error instanceof PoolError);
      assert.equal(error.code, 'ERR_POOL_NO_WORKERS');
      return true;
    });
  });

  it('says that it has no workers', async () => {
    await using pool = new Pool(tasks.double);
    await assert.rejects(pool.run([1]), { name: 'PoolError', code: 'ERR_POOL_NO_WORKERS' });
  });

  it('ends a call whose time is over, and the worker with it where it must', async () => {
    await using pool = await Pool.of(tasks.busyOn, { threads: 1, processes: 1 });
    const items: PoolItem<unknown, number>[] = [];
    for await (const item of pool.stream(upTo(8), { timeoutMs: 300 })) items.push(item);
    assert.equal(items.length, 8);
    for (const item of items) {
      if (item.index !== 3) assert.equal(item.type, 'returned');
      else assert.equal(item.type === 'returned' || (item.error as { code?: string }).code, 'ERR_CALL_TIMEOUT');
    }
  });

  it('is aborted by a signal: what is under way is taken down, the rest is not processed', async () => {
    await using pool = await Pool.of(tasks.busyOn, { threads: 1, processes: 1 });
    const signal = AbortSignal.timeout(300);
    await assert.rejects(pool.run([1, 2, 3, 3, 3, 3], { signal }), (error) => {
      assert.ok(error instanceof PoolError);
      assert.equal(error.code, 'ERR_POOL_ABORTED');
      assert.deepEqual(error.results.slice(0, 2), [1, 2]);
      return true;
    });
    assert.deepEqual(await pool.run([5]), [5]);
    await assert.rejects(pool.run([1], { signal }), { code: 'ERR_POOL_ABORTED' });
  });

  it('passes on that a source has thrown, after what it gave', async () => {
    await using pool = await Pool.of(tasks.double, { threads: 1 });
    function* bad() {
      yield 1;
      yield 2;
      throw new Error('no more paper');
    }
    await assert.rejects(pool.run(bad()), (error) => {
      assert.ok(error instanceof PoolError);
      assert.equal(error.code, 'ERR_POOL_SOURCE');
      assert.match(error.message, /no more paper/);
      assert.deepEqual(error.results, [2, 4]);
      return true;
    });
  });

  it('names an input that cannot be sent, and goes on', async () => {
    await using pool = await Pool.of(tasks.double, { threads: 1 });
    const inputs = [1, (() => 1) as unknown as number, 2];
    await assert.rejects(pool.run(inputs, { onError: 'collect' }), (error) => {
      assert.ok(error instanceof PoolError);
      assert.deepEqual(error.results, [2, undefined, 4]);
      assert.match(error.message, /args\[0\]/);
      return true;
    });
  });

  it('takes workers in and lets them go while it runs', async () => {
    await using pool = await Pool.of(tasks.slowly, { threads: 1 }, { prefetch: 1 });
    const own = new PersistentThreadWorker(tasks.slowly, { name: 'own' });
    const workers = new Set<string>();
    let seen = 0;
    for await (const { worker } of pool.stream(upTo(40))) {
      workers.add(worker);
      seen += 1;
      if (seen === 5) await pool.addWorker('process');
      if (seen === 10) pool.attach(own);
      if (seen === 20) await pool.removeWorker('pool-1');
    }
    assert.deepEqual([...workers].sort(), ['own', 'pool-1', 'pool-2']);
    assert.equal(seen, 40);
    assert.equal(pool.workers.length, 2);
  });

  it('replaces a worker after so many calls', async () => {
    await using pool = await Pool.of(tasks.countCalls, { threads: 1 }, { maxCallsPerWorker: 4 });
    assert.deepEqual(await pool.run(upTo(10)), [1, 2, 3, 4, 1, 2, 3, 4, 1, 2]);
  });

  it('is closed by the end of its block, and terminated when that is left in a hurry', async () => {
    let left: Pool<typeof tasks.busyOn> | undefined;
    const leave = async (): Promise<void> => {
      await using pool = await Pool.of(tasks.busyOn, { processes: 1 });
      left = pool;
      void pool.run([3]).catch(() => {});
      await sleep(50);
      throw new Error('in a hurry');
    };
    await assert.rejects(leave(), /in a hurry/);
    assert.throws(() => left?.attach(null as never), /was closed/);
  });

  it('refuses what it does not know', async () => {
    assert.throws(() => new Pool(tasks.double, { workers: 3 } as object), { name: 'OptionError' });
    assert.throws(() => new Pool(tasks.double, { retry: { attempts: 0 } }), /attempts/);
    await using pool = await Pool.of(tasks.double, { threads: 1 });
    assert.throws(() => pool.run([1], { onError: 'ignore' as 'stop' }), /onError/);
    assert.throws(() => pool.run(5 as never), /something to iterate over/);
    assert.throws(() => pool.stream([1], { order: true } as object), /no option "order"/);
    assert.throws(() => pool.attach({} as never), /persistent workers/);
    await assert.rejects(pool.removeWorker('nobody'), /no such worker/);
    await assert.rejects(new Pool().addWorker('thread'), /has a target/);
  });
});
