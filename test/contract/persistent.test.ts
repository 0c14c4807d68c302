import assert from 'node:assert/strict';
import {
  CallAbortedError,
  type NoResultError,
  PersistentWorker,
  UnsendableError,
  WorkerClosedError,
  WorkerTerminatedError,
} from 'pyworkers';
import * as behaviours from '../fixtures/behaviours.js';
import { begun } from '../support/begun.js';
import { onEachKind } from './kinds.js';

async function read<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

onEachKind('A persistent worker', ({ kind, isIsolated, survivesInterrupt }) => {
  it('works off what is enqueued, gives results in order, and counts', async () => {
    const worker = new PersistentWorker(kind, behaviours.square);
    for (let i = 0; i < 10; i++) worker.enqueue(i);
    worker.close();
    assert.equal(await worker.wait(), true);
    assert.equal(worker.result, 10);
    assert.deepEqual(await read(worker.resultsIter()), [0, 1, 4, 9, 16, 25, 36, 49, 64, 81]);
  });

  it('answers calls beside the results of what is enqueued', async () => {
    await using worker = new PersistentWorker(kind, behaviours.square);
    worker.enqueue(2);
    assert.equal(await worker.call(3), 9);
    assert.equal(await worker.nextResult(), 4);
    worker.close();
    await assert.rejects(worker.nextResult(), { code: 'ERR_NO_MORE_RESULTS' });
  });

  it('lives on after a call that throws, and throws that error where its result would be', async () => {
    const worker = new PersistentWorker(kind, behaviours.failOn);
    for (let i = 0; i < 4; i++) worker.enqueue(2, i);
    await assert.rejects(worker.call(5, 5), RangeError);
    worker.close();
    assert.equal(await worker.nextResult(), 0);
    assert.equal(await worker.nextResult(), 1);
    await assert.rejects(worker.nextResult(), { message: '2 is bad' });
    assert.equal(await worker.nextResult(), 3);
    assert.equal(await worker.wait(), true);
    assert.equal(worker.hasError, false);
    assert.equal(worker.result, 5);
  });

  it('gives outcomes without ever throwing', async () => {
    const worker = new PersistentWorker(kind, behaviours.failOn);
    for (let i = 0; i < 3; i++) worker.enqueue(1, i);
    worker.close();
    assert.deepEqual(
      (await read(worker.outcomesIter())).map((outcome) => outcome.type),
      ['returned', 'threw', 'returned'],
    );
  });

  it('can be read again after resultsIter() has thrown', async () => {
    const worker = new PersistentWorker(kind, behaviours.failOn);
    for (let i = 0; i < 3; i++) worker.enqueue(1, i);
    worker.close();
    await assert.rejects(read(worker.resultsIter()), RangeError);
    assert.deepEqual(await read(worker.resultsIter()), [2]);
  });

  it('reads at most so many results', async () => {
    await using worker = new PersistentWorker(kind, behaviours.square);
    for (let i = 0; i < 5; i++) worker.enqueue(i);
    assert.deepEqual(await read(worker.resultsIter({ max: 2 })), [0, 1]);
    assert.deepEqual(await read(worker.resultsIter({ max: 3 })), [4, 9, 16]);
  });

  it('ends at the first error with stopOnError, and says so to the calls that were dropped', async () => {
    const worker = new PersistentWorker(kind, behaviours.failOn, { stopOnError: true });
    for (let i = 0; i < 4; i++) worker.enqueue(1, i);
    const outcomes = await read(worker.outcomesIter());
    assert.deepEqual(
      outcomes.map((outcome) => outcome.type),
      ['returned', 'threw', 'terminated', 'terminated'],
    );
    assert.equal(await worker.wait(), true);
    assert.ok(worker.error instanceof RangeError);
    const last = outcomes[3];
    assert.ok(last?.type === 'terminated' && last.error instanceof WorkerTerminatedError);
    assert.equal(last.error.mayHaveRun, false);
  });

  it('takes no call once it is closed', async () => {
    const worker = new PersistentWorker(kind, behaviours.square);
    worker.close();
    assert.throws(() => worker.enqueue(1), WorkerClosedError);
    await assert.rejects(worker.call(1), WorkerClosedError);
    await worker.wait();
    assert.throws(() => worker.enqueue(1), WorkerClosedError);
    assert.equal(worker.result, 0);
  });

  it('honours the time-out of a read, and can be read later', async () => {
    await using worker = new PersistentWorker(kind, behaviours.slowSquare);
    worker.enqueue(3, 300);
    await assert.rejects(
      worker.nextResult({ timeoutMs: 20 }),
      (error: NoResultError) => error.code === 'ERR_RESULT_TIMEOUT',
    );
    assert.equal(await worker.nextResult(), 9);
  });

  it('merges its default arguments with those of a call', async () => {
    await using worker = new PersistentWorker(kind, behaviours.sum, { args: [1, 10, 100] });
    assert.equal(await worker.call(), 111);
    assert.equal(await worker.call(2), 112);
    assert.equal(await worker.call(2, 20, 200, 2000), 2222);
  });

  it('runs calls one at a time, or several of an async target', async () => {
    for (const concurrency of [1, 4]) {
      await using worker = new PersistentWorker(kind, behaviours.slowSquare, { concurrency });
      await worker.call(0, 0);
      const startedAt = performance.now();
      await Promise.all([1, 2, 3, 4].map((x) => worker.call(x, 100)));
      assert.equal(performance.now() - startedAt < 350, concurrency === 4);
    }
  });

  it('keeps its own timers going while its caller calls back to back', async () => {
    await using worker = new PersistentWorker(kind, behaviours.ticks);
    const enough = 10;
    let seen = 0;
    for (const endsAt = performance.now() + 5000; seen < enough && performance.now() < endsAt; ) {
      seen = await worker.call();
    }
    assert.ok(seen >= enough, `${seen} ticks`);
  });

  it('answers a call with an argument that cannot be sent, and lives on', async () => {
    await using worker = new PersistentWorker(kind, behaviours.square);
    const bad = (() => 1) as unknown as number;
    assert.throws(() => worker.enqueue(bad), UnsendableError);
    await assert.rejects(worker.call(bad), { path: 'args[0]' });
    worker.enqueue(3);
    assert.equal(await worker.nextResult(), 9);
  });

  it('answers a call whose result cannot be sent, and lives on', async () => {
    await using worker = new PersistentWorker(kind, (x: number) => (x === 0 ? { list: [Symbol('odd')] } : x));
    await assert.rejects(worker.call(0), { code: 'ERR_UNSENDABLE', path: 'result.list[0]' });
    assert.equal(await worker.call(1), 1);
  });

  it('gives after its termination the results that were there, in order, then why there are no more', async () => {
    const worker = new PersistentWorker(kind, behaviours.slowSquare);
    for (let i = 0; i < 50; i++) worker.enqueue(i, 10);
    assert.equal(await worker.nextResult(), 0);
    assert.equal(await worker.terminate(), true);
    const outcomes = await read(worker.outcomesIter());
    const values = outcomes.flatMap((outcome) => (outcome.type === 'returned' ? [outcome.value] : []));
    assert.equal(outcomes.length, 49);
    assert.deepEqual(
      values,
      values.map((_, i) => (i + 1) ** 2),
    );
    assert.ok(outcomes.slice(values.length).every((outcome) => outcome.type === 'terminated'));
    assert.equal(worker.result, undefined);
    assert.ok(worker.error instanceof WorkerTerminatedError);
  });

  it('restarts with a fresh count, the user state, and says how many results were dropped', async () => {
    const worker = new PersistentWorker(kind, behaviours.countUp);
    for (let i = 0; i < 3; i++) worker.enqueue();
    await worker.call();
    const firstId = worker.id;
    assert.equal(await worker.restart(), 3);
    await worker.ready;
    if (isIsolated) assert.notDeepEqual(worker.id, firstId);
    assert.equal(await worker.call(), 5);
    worker.close();
    await worker.wait();
    assert.equal(worker.result, 1);
    assert.equal(worker.userState, 5);
    assert.equal(await worker.restart(), 0);
    assert.equal(await worker.call(), 6);
    await worker.terminate();
  });

  it('ends a call by its time, and lives on where the target stops', async () => {
    await using worker = new PersistentWorker(kind, async (ms: number) => {
      const { context } = await import('pyworkers/context');
      await context().sleep(ms);
      return ms;
    });
    await assert.rejects(worker.with({ timeoutMs: 50 }).call(1e9), (error: CallAbortedError) => {
      assert.ok(error instanceof CallAbortedError);
      assert.equal(error.code, 'ERR_CALL_TIMEOUT');
      assert.equal(error.workerSurvived, true);
      return true;
    });
    assert.equal(await worker.call(1), 1);
  });

  it('counts the time of a call from its turn', async () => {
    await using worker = new PersistentWorker(kind, behaviours.slowSquare);
    const calls = [1, 2, 3, 4, 5].map((x) => worker.with({ timeoutMs: 400 }).call(x, 120));
    assert.deepEqual(await Promise.all(calls), [1, 4, 9, 16, 25]);
  });

  it('ends a call by its signal, also one that has not begun or never will', async () => {
    await using worker = new PersistentWorker(kind, behaviours.slowSquare);
    const controller = new AbortController();
    const first = worker.call(1, 100);
    const second = worker.with({ signal: controller.signal }).call(2, 100);
    controller.abort(new Error('changed my mind'));
    await assert.rejects(second, (error: CallAbortedError) => {
      assert.equal(error.code, 'ERR_CALL_ABORTED');
      assert.equal((error.cause as Error).message, 'changed my mind');
      return error.workerSurvived;
    });
    await assert.rejects(worker.with({ signal: controller.signal }).call(3, 0), CallAbortedError);
    assert.equal(await first, 1);
    assert.equal(await worker.call(4, 0), 16);
  });

  it('ends with a call that hears and does not stop, and says so', async () => {
    const worker = new PersistentWorker(kind, behaviours.deaf, { graceMs: 300 });
    const error = await worker
      .with({ timeoutMs: 50 })
      .call()
      .catch((reason) => reason);
    assert.ok(error instanceof CallAbortedError);
    assert.equal(error.workerSurvived, false);
    assert.equal(await worker.wait(), true);
    assert.ok(worker.error instanceof WorkerTerminatedError);
    assert.equal(worker.error.reason, 'timeout');
  });

  if (isIsolated) {
    it('cuts off a call that blocks; a process lives on', async () => {
      const worker = new PersistentWorker(kind, behaviours.busyFor);
      const error = await worker
        .with({ timeoutMs: 50 })
        .call(1e9)
        .catch((reason) => reason);
      assert.ok(error instanceof CallAbortedError);
      assert.equal(error.workerSurvived, survivesInterrupt);
      if (survivesInterrupt) assert.equal(await worker.call(1), 'through');
      await worker.terminate();
    });

    it('forgets the calls behind one that blocks when all are aborted, and lives on where it can', async () => {
      for (let round = 0; round < 8; round++) {
        const worker = new PersistentWorker(kind, behaviours.busyFor);
        await worker.call(0);
        const abort = new AbortController();
        const { call } = worker.with({ signal: abort.signal });
        const calls = [1e9, 1e9, 1e9].map((ms) => call(ms).catch((error: unknown) => error));
        abort.abort();
        for (const error of await Promise.all(calls)) assert.ok(error instanceof CallAbortedError);
        if (survivesInterrupt) assert.equal(await worker.call(1), 'through');
        await worker.terminate({ graceMs: 0 });
      }
    });

    it('answers a call that is made the moment another is answered with its death', async () => {
      const worker = new PersistentWorker(kind, behaviours.exit, { stdio: 'ignore' });
      const again = (): Promise<unknown> => worker.call(1);
      await assert.rejects(worker.call(1).catch(again), { code: /ERR_WORKER_(CLOSED|LOST)/ });
      assert.equal((await worker.outcome()).type, 'lost');
    });

    it('answers every call when it dies without a word', async () => {
      const worker = new PersistentWorker(kind, (x: number) => (x === 2 ? process.exit(7) : x));
      for (let i = 0; i < 5; i++) worker.enqueue(i);
      const outcomes = await read(worker.outcomesIter());
      assert.deepEqual(
        outcomes.map((outcome) => outcome.type),
        ['returned', 'returned', 'lost', 'lost', 'lost'],
      );
      assert.equal(await worker.wait(), true);
      assert.match((worker.error as Error).message, /code 7/);
    });
  }

  it('gives the result of a short call while a long one after it blocks', async () => {
    if (!isIsolated) return; // blocked is the caller itself, then
    const worker = new PersistentWorker(kind, behaviours.busyFor);
    await worker.call(0);
    worker.enqueue(0);
    worker.enqueue(3000);
    const startedAt = performance.now();
    await worker.nextResult();
    assert.ok(performance.now() - startedAt < 500);
    await worker.terminate({ graceMs: 0 });
  });

  it('answers every call of a target that cannot be had', async () => {
    const worker = new PersistentWorker<(x: number) => number>(kind, new URL('file:///no/such/module.js'));
    worker.enqueue(1);
    await assert.rejects(worker.call(2), { code: 'ERR_TARGET_IMPORT' });
    await assert.rejects(worker.nextResult(), { code: 'ERR_TARGET_IMPORT' });
    assert.equal(await worker.wait(), true);
    assert.equal((worker.error as { code?: string }).code, 'ERR_TARGET_IMPORT');
  });

  it('refuses bad options of calls', async () => {
    await using worker = new PersistentWorker(kind, behaviours.square);
    assert.throws(() => worker.with({ timeoutMs: -1 }), /timeoutMs/);
    assert.throws(() => worker.with({ timeout: 1 } as object), /no option "timeout"/);
    assert.throws(() => new PersistentWorker(kind, behaviours.square, { concurrency: 0 }), /whole number/);
    await assert.rejects(worker.nextResult({ timeoutMs: Number.NaN }), /timeoutMs/);
  });

  for (const how of isIsolated ? (['exit', 'throw'] as const) : []) {
    it(`has every result that was there before its end (${how})`, async () => {
      const worker = new PersistentWorker(kind, behaviours.countThenEnd);
      for (let i = 0; i < 100; i++) worker.enqueue(i, how);
      const outcomes = await read(worker.outcomesIter({ max: 99 }));
      assert.deepEqual(
        outcomes.map((outcome) => (outcome.type === 'returned' ? outcome.value : outcome.type)),
        Array.from({ length: 99 }, (_, i) => i),
      );
      await worker.wait();
    });
  }

  it('is terminated while idle', async () => {
    const worker = await PersistentWorker.create(kind, behaviours.square);
    const startedAt = performance.now();
    assert.equal(await worker.terminate(), true);
    assert.ok(performance.now() - startedAt < 500);
  });

  it('stops a call under way politely when it is terminated', async () => {
    const worker = new PersistentWorker(kind, behaviours.patient);
    const call = worker.call();
    await begun(worker);
    await Promise.all([worker.terminate(), assert.rejects(call, WorkerTerminatedError)]);
    assert.equal(worker.userState, 'cleaned up');
  });
});
