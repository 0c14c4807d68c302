import assert from 'node:assert/strict';
import {
  PersistentProcessWorker,
  PersistentRemoteWorker,
  PersistentThreadWorker,
  type PersistentWorker,
  type PersistentWorkerOptions,
  Pool,
  PoolError,
  type Target,
  type WorkerMaker,
} from 'pyworkers';
import * as tasks from '../fixtures/pool-tasks.js';
import { suiteServer } from '../support/suite-server.js';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Says who it is, and 13 kills it. */
const labelOf = (x: number): string | undefined => {
  if (x === 13) process.kill(process.pid, 'SIGKILL');
  return process.env.PYW_TEST_LABEL;
};

class Labelled extends PersistentProcessWorker<typeof labelOf> {
  readonly label: string;

  constructor(target: Target<typeof labelOf> | undefined, options: PersistentWorkerOptions, label: string) {
    super(target, { ...options, env: { ...options.env, PYW_TEST_LABEL: label } });
    this.label = label;
  }
}

describe('A pool with workers of your own kind', () => {
  const server = suiteServer();

  it('makes another one when one has died', async () => {
    await using pool = new Pool(labelOf, { name: 'labelled', retry: { attempts: 1 }, prefetch: 1 });
    const names: string[] = [];
    await pool.addWorker((target, options) => {
      names.push(options.name);
      return new Labelled(target, options, `number ${names.length}`);
    });
    assert.deepEqual(await pool.run([1, 2]), ['number 1', 'number 1']);
    const ends: string[] = [];
    for await (const item of pool.stream([13, 1])) ends.push(item.type === 'returned' ? `${item.value}` : item.type);
    assert.deepEqual(ends, ['lost', 'number 2']);
    assert.deepEqual(names, ['labelled-1', 'labelled-1']);
    const [worker] = pool.workers as readonly PersistentWorker[];
    assert.ok((worker as unknown) instanceof Labelled);
  });

  it('gives them the options of their own and of the pool', async () => {
    await using pool = new Pool(tasks.add, { args: [0, 100], maxMemoryMb: 4000 });
    const seen: unknown[] = [];
    const maker: WorkerMaker<typeof tasks.add> = (target, options) => {
      seen.push({ ...options });
      return new PersistentThreadWorker(target, options);
    };
    await pool.addWorkers(maker, 2, { name: 'mine', userId: 7, weight: 2 });
    await pool.addWorker(maker, { name: 'subtracting', target: (x: number, y: number) => x - y });
    assert.deepEqual(seen, [
      { name: 'mine-1', args: [0, 100], maxMemoryMb: 4000, userId: 7 },
      { name: 'mine-2', args: [0, 100], maxMemoryMb: 4000, userId: 7 },
      { name: 'subtracting', args: [0, 100], maxMemoryMb: 4000 },
    ]);
    const choose = ({ name }: PersistentWorker): boolean => name === 'subtracting';
    assert.deepEqual(await pool.run([1, 2], { choose }), [-99, -98]);
    assert.deepEqual(await pool.run([1, 2], { choose: (worker) => !choose(worker) }), [101, 102]);
  });

  it('has as many as there is work for, beside those of other kinds', async () => {
    await using pool = new Pool(tasks.slowly, { idleTimeoutMs: 60_000 });
    let made = 0;
    await pool.addWorkers(
      (target, options) => {
        made += 1;
        return new PersistentRemoteWorker(target, { ...options, host: server.address });
      },
      { max: 2 },
    );
    assert.equal(made, 0);
    await pool.addWorker('thread');
    assert.deepEqual(await pool.run(upTo(40)), upTo(40));
    assert.equal(made, 2);
    assert.deepEqual(pool.workers.map(({ kind }) => kind).sort(), ['remote', 'remote', 'thread']);
  });

  it('needs no target where each has its own', async () => {
    await using pool = new Pool<typeof tasks.double>();
    await pool.addWorker((target, options) => {
      assert.equal(target, undefined);
      return new PersistentThreadWorker(tasks.double, options);
    });
    assert.deepEqual(await pool.run([1, 2]), [2, 4]);
  });

  it('says what the function has thrown that was to make the first ones, and leaves none', async () => {
    await using pool = new Pool(tasks.double);
    const made: PersistentWorker<typeof tasks.double>[] = [];
    const maker: WorkerMaker<typeof tasks.double> = (target, options) => {
      if (made.length === 2) throw new Error('no licence');
      const worker = new PersistentThreadWorker(target, options);
      made.push(worker);
      return worker;
    };
    await assert.rejects(pool.addWorkers(maker, 3), /no licence/);
    assert.deepEqual(
      made.map((worker) => worker.isAlive()),
      [false, false],
    );
    await assert.rejects(pool.run([1]), { code: 'ERR_POOL_NO_WORKERS' });
  });

  it('tries again, more and more slowly, when the function throws that is to make the next one', async () => {
    await using pool = new Pool(labelOf, { retry: { attempts: 1 }, prefetch: 1, respawn: { backoffMs: 10 } });
    const told: string[] = [];
    pool.on('died', (name, error) => told.push(`${name}: ${(error as Error).message}`));
    let tries = 0;
    await pool.addWorker((target, options) => {
      tries += 1;
      if (tries === 2 || tries === 3) throw new Error(`no licence at try ${tries}`);
      return new Labelled(target, options, `number ${tries}`);
    });
    const ends: string[] = [];
    for await (const item of pool.stream([13, 1])) ends.push(item.type === 'returned' ? `${item.value}` : item.type);
    assert.deepEqual(ends, ['lost', 'number 4']);
    assert.deepEqual(told.slice(1), ['pool-1: no licence at try 2', 'pool-1: no licence at try 3']);
  });

  it('counts that as deaths, and gives up with what the function has thrown', async () => {
    await using pool = new Pool(labelOf, { respawn: { max: 3, backoffMs: 1 } });
    let tries = 0;
    await pool.addWorker((target, options) => {
      tries += 1;
      if (tries > 1) throw new Error('no licence');
      return new Labelled(target, options, 'the only one');
    });
    await assert.rejects(pool.run([13, 1]), (error) => {
      assert.ok(error instanceof PoolError && error.cause instanceof Error);
      assert.deepEqual([error.code, error.cause.message], ['ERR_POOL_NO_WORKERS', 'no licence']);
      return true;
    });
    assert.equal(tries, 1 + 3);
  });

  it('gives up likewise where workers come on demand', async () => {
    await using pool = new Pool(tasks.double, { respawn: { max: 2 } });
    await pool.addWorkers(
      () => {
        throw new Error('no licence');
      },
      { max: 2 },
    );
    await assert.rejects(pool.run([1]), (error) => {
      assert.ok(error instanceof PoolError && error.cause instanceof Error);
      assert.deepEqual([error.code, error.cause.message], ['ERR_POOL_NO_WORKERS', 'no licence']);
      return true;
    });
  });

  it('refuses what is no fresh worker', async () => {
    await using pool = new Pool(tasks.double);
    const refused = (maker: unknown, message: RegExp, size = 1): Promise<void> =>
      assert.rejects(pool.addWorkers(maker as WorkerMaker<typeof tasks.double>, size), {
        name: 'OptionError',
        message,
      });
    await using worker = new PersistentThreadWorker(tasks.double);
    await refused(() => worker, /is in a pool already/, 2);
    assert.equal(worker.isAlive(), false, 'it was the first of two, of which there were to be both or none');
    await refused(() => worker, /takes no calls any more, it is ended/);
    await refused(() => undefined, /persistent workers only, not undefined/);
    await refused(async () => worker, /persistent workers only, not this object/);
    await refused(PersistentThreadWorker, /PersistentThreadWorker is a class: give a function/);
  });

  it('takes no worker twice: one that has died is none to take its place', async () => {
    await using pool = new Pool(tasks.poison, { retry: { attempts: 1 }, respawn: { max: 2, backoffMs: 1 } });
    const worker = new PersistentProcessWorker(tasks.poison);
    await pool.addWorker(() => worker);
    await assert.rejects(pool.run([13, 1], { onError: 'collect' }), (error) => {
      assert.ok(error instanceof PoolError && error.cause instanceof Error);
      assert.match(error.cause.message, /takes no calls any more, it is ended/);
      return error.code === 'ERR_POOL_NO_WORKERS';
    });
  });

  it('leaves none running when the function that makes one closes the pool', async () => {
    const pool = new Pool(tasks.double);
    let worker: PersistentWorker<typeof tasks.double> | undefined;
    let terminated: Promise<void> | undefined;
    const added = pool.addWorker((target, options) => {
      terminated = pool.terminate();
      worker = new PersistentThreadWorker(target, options);
      return worker;
    });
    await assert.rejects(added, { code: 'ERR_WORKER_CLOSED' });
    await terminated;
    await worker?.wait();
    assert.equal(worker?.isAlive(), false);
  });

  it('lets go of a place whose next worker is just being made', async () => {
    await using pool = new Pool(tasks.poison, { retry: { attempts: 1 } });
    await pool.addWorker('process');
    let removed: Promise<void> | undefined;
    pool.on('worker', (name) => {
      removed = pool.removeWorker(name);
    });
    await assert.rejects(pool.run([13]), /Input 0 failed/);
    while (!removed) await new Promise(setImmediate);
    await removed;
    assert.deepEqual(pool.workers, []);
  });
});
