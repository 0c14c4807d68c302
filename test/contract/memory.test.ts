import assert from 'node:assert/strict';
import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { PersistentThreadWorker, PersistentWorker, ThreadWorker, Worker } from 'pyworkers';
import {
  addTo,
  answerOn,
  describeShape,
  fillAndReturn,
  made,
  mark,
  own,
  type Shape,
  sumOf,
} from '../fixtures/memory.js';
import { onEachKind } from './kinds.js';

const MEGABYTE = 2 ** 20;

onEachKind('What is sent', ({ kind, hasProcess }) => {
  it('is what it was when it was sent, whatever the caller changes afterwards', async () => {
    await using worker = new PersistentWorker(kind, describeShape);
    const shape: Shape = {
      list: [1],
      map: new Map([['a', 1]]),
      bytes: Uint8Array.of(1),
      big: new Uint8Array(MEGABYTE).fill(1),
    };
    const change = (): void => {
      shape.list.push(2);
      shape.map.set('b', 2);
      shape.bytes.fill(2);
      shape.big.fill(2);
    };
    worker.enqueue(shape);
    const called = worker.call(shape);
    change();
    const before = { list: [1], map: [['a', 1]], bytes: [1], big: 1 };
    assert.deepEqual(await worker.nextResult(), before);
    assert.deepEqual(await called, before);
    const oneShot = new Worker(kind, describeShape, [shape]);
    change();
    assert.deepEqual(await oneShot.value(), {
      list: [1, 2],
      map: [
        ['a', 1],
        ['b', 2],
      ],
      bytes: [2],
      big: 2,
    });
  });

  it('is a copy that the target may change', async () => {
    const buffer = Buffer.alloc(MEGABYTE);
    const returned = await new Worker(kind, mark, [buffer]).value();
    assert.equal(returned[0], 1);
    assert.equal(buffer[0], 0);
  });

  it('may be a result of 50 MB', async () => {
    const result = await new Worker(kind, made, [50 * MEGABYTE]).value();
    assert.ok(Buffer.isBuffer(result));
    assert.equal(result.length, 50 * MEGABYTE);
    assert.equal(result.indexOf(Buffer.alloc(1, 8)), -1);
  });

  it('may be a Buffer of 200 MB, both ways, which is copied no more often than it must', async () => {
    const length = 200 * MEGABYTE;
    const sent = Buffer.alloc(length, 5);
    const before = process.memoryUsage();
    let peakBytes = 0;
    const watch = setInterval(() => {
      peakBytes = Math.max(peakBytes, process.memoryUsage().arrayBuffers - before.arrayBuffers);
    }, 5);
    try {
      const returned = await new Worker(kind, mark, [sent]).value();
      assert.equal(returned.length, length);
      assert.deepEqual([returned[0], returned[1], returned[length - 1]], [1, 5, 2]);
    } finally {
      clearInterval(watch);
    }
    // The copy made at sending, and the result; a worker in this process makes its own copy of the result.
    assert.ok(
      peakBytes <= (hasProcess ? 2.3 : 3.3) * length,
      `${Math.round(peakBytes / MEGABYTE)} MB more at the peak`,
    );
  });
});

describe('A buffer that is transferred to a thread', () => {
  it('is not copied, and is gone here', async () => {
    const buffer = new ArrayBuffer(64 * MEGABYTE);
    const bytes = new Uint8Array(buffer).fill(1);
    const before = process.memoryUsage().arrayBuffers;
    const worker = new ThreadWorker(sumOf, [bytes], { transfer: [buffer] });
    assert.equal(buffer.byteLength, 0);
    assert.equal(bytes.length, 0);
    assert.ok(process.memoryUsage().arrayBuffers < before + MEGABYTE);
    assert.equal(await worker.value(), 64 * MEGABYTE);
  });

  it('comes back filled', async () => {
    const buffer = new ArrayBuffer(MEGABYTE);
    await using worker = new PersistentThreadWorker(fillAndReturn);
    const returned = await worker.with({ transfer: [buffer] }).call(buffer);
    assert.equal(buffer.byteLength, 0);
    assert.ok(new Uint8Array(returned).every((byte) => byte === 9));
  });

  it('may be small, and shown by several views', async () => {
    const words = Uint16Array.of(1, 2, 3, 4);
    await using worker = new PersistentThreadWorker(({ a, b }: { a: Uint16Array; b: Uint8Array }) => [
      a.buffer === b.buffer,
      [...a],
      b.length,
    ]);
    const shown = { a: words.subarray(1, 3), b: new Uint8Array(words.buffer) };
    assert.deepEqual(await worker.with({ transfer: [words.buffer] }).call(shown), [true, [2, 3], 8]);
    assert.equal(words.length, 0);
  });

  it('stays here when its call was refused', async () => {
    const buffer = new ArrayBuffer(MEGABYTE);
    await using worker = new PersistentThreadWorker<(value: unknown) => unknown>(
      fillAndReturn as (value: unknown) => unknown,
    );
    assert.throws(() => worker.with({ transfer: [buffer] }).enqueue({ buffer, bad: () => 1 }), { path: 'args[0].bad' });
    assert.equal(buffer.byteLength, MEGABYTE);
  });
});

describe('Memory that is shared with a thread', () => {
  it('is the same memory on both sides, as argument and as result', async () => {
    const shared = new SharedArrayBuffer(8);
    await using worker = new PersistentThreadWorker(addTo);
    const returned = await worker.call(shared);
    assert.equal(Atomics.load(new Int32Array(shared), 0), 5);
    Atomics.store(new Int32Array(returned), 0, 70);
    assert.equal(Atomics.load(new Int32Array(shared), 0), 70);
  });

  it('may come from the target', async () => {
    await using worker = new PersistentThreadWorker(own);
    const shared = (await worker.call(true)) as SharedArrayBuffer;
    Atomics.store(new Int32Array(shared), 0, 42);
    assert.equal(await worker.call(false), 42);
  });
});

describe('A MessagePort', () => {
  it('is handed over to a thread, which talks on it', async () => {
    const { port1, port2 } = new MessageChannel();
    const worker = new ThreadWorker(answerOn, [port2], { transfer: [port2] });
    const answer = once(port1, 'message');
    port1.postMessage('well');
    assert.deepEqual(await answer, ['well!']);
    assert.equal(await worker.value(), 'answered');
    port1.close();
  });
});
