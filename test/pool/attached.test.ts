import assert from 'node:assert/strict';
import { PersistentProcessWorker, PersistentThreadWorker, Pool } from 'pyworkers';
import * as tasks from '../fixtures/pool-tasks.js';
import { eventually } from '../support/eventually.js';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('A worker of yours in a pool', () => {
  it('does on with a run when you restart it, also as the only one', async () => {
    await using pool = new Pool(tasks.slowly);
    const own = new PersistentThreadWorker(tasks.slowly, { name: 'own' });
    pool.attach(own);
    const died: string[] = [];
    pool.on('died', (name) => died.push(name));
    let seen = 0;
    let restarted: Promise<number> | undefined;
    for await (const { type } of pool.stream(upTo(20))) {
      assert.equal(type, 'returned');
      seen += 1;
      if (seen === 5) restarted = own.restart();
    }
    await restarted;
    assert.equal(seen, 20);
    assert.deepEqual(pool.workers, [own]);
    assert.deepEqual(died, []);
  });

  it('comes back when you restart it long after its death', async () => {
    await using pool = await Pool.of(tasks.poison, { threads: 1 }, { retry: { attempts: 1 } });
    const own = new PersistentProcessWorker(tasks.poison, { name: 'own' });
    pool.attach(own);
    const choose = ({ name }: { name: string }): boolean => name === 'own';
    for (let deaths = 0; deaths < 2; deaths++) {
      await assert.rejects(pool.run([13], { choose }), /Input 0 failed/);
      await eventually(() => pool.workers.length === 1);
      await own.restart();
      assert.deepEqual(await pool.run([1, 2], { choose }), [1, 2]);
      assert.equal(pool.workers.length, 2);
    }
  });

  it('tells of itself once, however often it came back, and nothing once it was removed', async () => {
    await using pool = new Pool(tasks.inSteps);
    await using own = new PersistentThreadWorker(tasks.inSteps);
    const told: unknown[] = [];
    pool.on('progress', (value) => told.push(value));
    pool.attach(own);
    await own.ready;
    await own.terminate();
    await eventually(() => pool.workers.length === 0);
    await own.restart();
    await pool.run([1]);
    await own.restart();
    await pool.run([2]);
    assert.deepEqual(told, [2, 3]);
    await pool.removeWorker(own);
    await own.restart();
    assert.equal(await own.call(5), 5);
    assert.deepEqual(told, [2, 3]);
    assert.deepEqual(pool.workers, []);
  });

  it('does not come back after it was removed, also while it was away, or the pool was closed', async () => {
    const pool = new Pool(tasks.double);
    await using own = new PersistentThreadWorker(tasks.double, { name: 'own' });
    await using other = new PersistentThreadWorker(tasks.double);
    pool.attach(own);
    pool.attach(other);
    await own.terminate();
    await eventually(() => pool.workers.length === 1);
    await pool.removeWorker('own');
    await own.restart();
    assert.deepEqual(pool.workers, [other]);
    await assert.rejects(pool.removeWorker('own'), /no such worker/);
    await pool.close();
    await other.restart();
    assert.deepEqual(pool.workers, []);
    assert.equal(await other.call(4), 8);
  });

  it('is in one pool at a time, and taken in when it takes calls', async () => {
    await using pool = await Pool.of(tasks.double, { threads: 1 });
    await using another = new Pool(tasks.double);
    await using own = new PersistentThreadWorker(tasks.double);
    pool.attach(own);
    pool.attach(own);
    assert.equal(pool.workers.length, 2);
    assert.throws(() => another.attach(own), /is in a pool already/);
    assert.throws(() => another.attach(pool.workers[0] as typeof own), /is in a pool already/);
    await pool.removeWorker(own);
    assert.throws(() => another.attach(own), /takes no calls any more, it is ended/);
    await own.restart();
    another.attach(own);
    assert.deepEqual(await another.run([1]), [2]);
  });

  it('stays where it is when the pool has made it and you restart it', async () => {
    await using pool = await Pool.of(tasks.countCalls, { processes: 1 });
    const [worker] = pool.workers;
    await pool.run(upTo(3));
    await worker?.restart();
    assert.deepEqual(await pool.run(upTo(2)), [1, 2]);
    assert.deepEqual(pool.workers, [worker]);
  });
});
