import assert from 'node:assert/strict';
import {
  type Kind,
  type Outcome,
  PersistentThreadWorker,
  type PersistentWorker,
  Pool,
  PoolError,
  type PoolItem,
} from 'pyworkers';
import { Job, type JobOwner } from '#internal/pool/job.js';
import { Slot } from '#internal/pool/slot.js';
import * as tasks from '../fixtures/pool-tasks.js';
import { suiteServer } from '../support/suite-server.js';

const LONG_MS = 1500;

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('A pool, giving inputs to workers', () => {
  suiteServer();

  for (const kind of ['thread', 'process', 'remote'] as const satisfies readonly Kind[]) {
    it(`takes back what waits behind a call that blocks, while another worker idles (${kind})`, async () => {
      await using pool = new Pool(tasks.block, { prefetch: 64 });
      await pool.addWorkers(kind, 2);
      await pool.run([1, 1, 1, 1]);
      const inputs = [LONG_MS, ...upTo(60).map(() => 1)];
      const items: PoolItem<number, number>[] = [];
      for await (const item of pool.stream(inputs)) items.push(item);
      const [longest, ...rest] = items.toReversed() as [PoolItem<number, number>, ...PoolItem<number, number>[]];
      assert.equal(longest.input, LONG_MS);
      const late = rest.filter(({ endedAt }) => endedAt > longest.startedAt + LONG_MS / 2);
      assert.deepEqual(late, []);
      assert.equal(new Set(items.map(({ index }) => index)).size, inputs.length, 'each of them once');
      for (const { attempt, type } of items) assert.deepEqual([attempt, type], [1, 'returned']);
    });
  }

  it('does every call once, however often some are taken back', async () => {
    await using pool = new Pool(tasks.block, { prefetch: 16 });
    await pool.addWorkers('thread', 2);
    await pool.addWorkers('process', 2);
    const inputs = upTo(400).map((i) => (i % 40 === 0 ? 60 : 0.5));
    const started: number[] = [];
    pool.on('started', (index) => started.push(index));
    for await (const item of pool.stream(inputs)) assert.deepEqual([item.type, item.attempt], ['returned', 1]);
    assert.deepEqual(
      started.sort((one, other) => one - other),
      upTo(inputs.length),
    );
    assert.equal(pool.stats().calls, inputs.length);
  });

  it('tells of a turn once, although the call was taken back in that very moment', async () => {
    await using worker = new PersistentThreadWorker(tasks.double);
    const started: number[] = [];
    const options = { prefetch: 1, batch: 1, maxCalls: 1, weight: 1, backoffMs: 0, make: undefined };
    const slot = new Slot(worker as unknown as PersistentWorker, options, {
      onChange: () => {},
      onStarted: ({ attempt }) => started.push(attempt),
      onProgress: () => {},
      onDied: () => false,
    });
    const job = new Job(0, 1, {} as JobOwner); // whom nobody asks for anything
    const haveTurn = (outcome: Outcome<unknown>): void => {
      job.giveTo(slot, performance.now());
      job.onTurn();
      job.settle(outcome);
    };
    haveTurn({ type: 'notRun' });
    haveTurn({ type: 'threw', error: 'which is tried again' });
    haveTurn({ type: 'returned', value: 2 });
    assert.deepEqual(started, [1, 2]);
  });

  it('asks which worker may have an input', async () => {
    await using pool = await Pool.of(tasks.double, { threads: 1, processes: 1 });
    const choose = ({ kind }: PersistentWorker, x: number): boolean => (kind === 'thread') === (x % 2 === 0);
    const kinds = new Map(pool.workers.map(({ name, kind }) => [name, kind]));
    let count = 0;
    for await (const { index, worker } of pool.stream(upTo(500), { choose })) {
      assert.equal(kinds.get(worker), index % 2 === 0 ? 'thread' : 'process');
      count += 1;
    }
    assert.equal(count, 500);
  });

  it('says which input no worker was to have, and what choose() has thrown', async () => {
    await using pool = await Pool.of(tasks.double, { threads: 2 });
    await assert.rejects(pool.run(upTo(10), { choose: (_, x: number) => x !== 7 }), (error) => {
      assert.ok(error instanceof PoolError);
      assert.equal(error.code, 'ERR_POOL_REFUSED');
      assert.match(error.message, /input 7/);
      assert.equal(error.outcomes.filter(({ type }) => type === 'returned').length, 9);
      return true;
    });
    const choose = (): boolean => {
      throw new Error('cannot choose');
    };
    await assert.rejects(pool.run([1], { choose }), /choose\(\) has thrown. cannot choose/);
    assert.deepEqual(await pool.run([1]), [2]);
  });

  it('does runs of a higher priority first, and those of the same in turn', async () => {
    await using pool = await Pool.of(tasks.block, { threads: 1 }, { prefetch: 1 });
    const ended: string[] = [];
    const run = async (name: string, priority: number): Promise<void> => {
      for await (const _ of pool.stream([1, 1, 1, 1], { priority })) ended.push(name);
    };
    await Promise.all([run('low', -1), run('one', 0), run('two', 0), run('high', 5)]);
    const order = ended.join(' ');
    assert.match(order, /^(high ){4}/);
    assert.match(order, /( low){4}$/);
    assert.match(order, /one two one|two one two/);
  });

  it('counts a worker of more weight as faster', async () => {
    await using pool = new Pool(tasks.block);
    await pool.addWorker('thread', { name: 'light' });
    await pool.addWorker('thread', { name: 'heavy', weight: 10 });
    await pool.run([1, 1, 1, 1]);
    const workers: string[] = [];
    for (let i = 0; i < 5; i++) for await (const { worker } of pool.stream([1])) workers.push(worker);
    assert.deepEqual([...new Set(workers)], ['heavy']);
    await assert.rejects(pool.addWorker('thread', { weight: 0 }), /weight/);
  });

  for (const batch of [1, 7, 'auto'] as const) {
    it(`sends inputs of all sorts, ${batch} to a message`, async () => {
      const shared = { deep: [1, 2, 3] };
      const inputs = [
        1,
        -0,
        'a',
        undefined,
        null,
        shared,
        shared,
        10n,
        new Map([[1, shared]]),
        Buffer.alloc(100_000, 7),
      ];
      await using pool = await Pool.of((x: unknown) => x, { threads: 1, processes: 1 }, { batch });
      const many = upTo(20).flatMap(() => inputs);
      assert.deepEqual(await pool.run(many), many);
    });
  }
});
