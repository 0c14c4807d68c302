import assert from 'node:assert/strict';
import { MessageChannel } from 'node:worker_threads';
import { PersistentWorker, registerType, UnsendableError, Worker } from 'pyworkers';
import { Unpackable } from '../fixtures/registered.js';
import { holdUnsendable, returnUnsendable, take, throwHolding } from '../fixtures/unsendable.js';
import { onEachKind } from './kinds.js';

/** Known to this file only. */
class Stranger {
  n = 1;
}
registerType(Stranger);

onEachKind('A value that cannot be sent (unsendable)', ({ kind, hasProcess }) => {
  for (const { name, make, isThreadOnly } of holdUnsendable) {
    if (isThreadOnly && !hasProcess) continue;
    it(`${name} is an error with its path as an argument`, async () => {
      await using worker = new PersistentWorker(kind, take);
      const isExact = (path: string) => (error: UnsendableError) => {
        assert.ok(error instanceof UnsendableError);
        assert.equal(error.code, 'ERR_UNSENDABLE');
        assert.equal(error.path, path);
        assert.ok(error.message.startsWith(`${path} `), error.message);
        return true;
      };
      const nested = (): unknown => ({ list: [0, { 'odd key': make() }] });
      assert.throws(() => new Worker(kind, take, [make()]), isExact('args[0]'));
      assert.throws(() => worker.enqueue(make()), isExact('args[0]'));
      await assert.rejects(worker.call(nested()), isExact('args[0].list[1]["odd key"]'));
      await assert.rejects(worker.call(new Map([['k', make()]])), isExact('args[0].get("k")'));
      assert.equal(await worker.call(3), 3);
    });
  }

  it('is the error of its call as a result, with its path, and the worker lives on', async () => {
    await using worker = new PersistentWorker(kind, returnUnsendable);
    for (const { name, isThreadOnly } of holdUnsendable) {
      if (isThreadOnly && !hasProcess) continue;
      await assert.rejects(
        worker.call(name),
        { name: 'UnsendableError', code: 'ERR_UNSENDABLE', path: 'result.list[1]["odd key"]' },
        name,
      );
    }
    assert.equal(await worker.call('nothing'), undefined);
  });

  it('is the outcome of a one-shot worker that returned it', async () => {
    const worker = new Worker(kind, returnUnsendable, ['a function']);
    await assert.rejects(worker.value(), UnsendableError);
    assert.equal((await worker.outcome()).type, 'threw');
  });

  it('is told with its path where a getter throws', async () => {
    await using worker = new PersistentWorker(kind, take);
    const value = {
      a: [
        {
          get bad() {
            throw new RangeError('not now');
          },
        },
      ],
    };
    assert.throws(
      () => worker.enqueue(value),
      (error: UnsendableError) => {
        assert.equal(error.path, 'args[0].a[0].bad');
        assert.match(error.message, /RangeError: not now/);
        assert.ok(error.cause instanceof RangeError);
        return true;
      },
    );
    await assert.rejects(worker.call(value), UnsendableError);
  });

  it('is told with its path where pack() throws, and does not keep an error from arriving', async () => {
    await using worker = new PersistentWorker(kind, throwHolding);
    assert.throws(() => worker.enqueue({ a: new Unpackable() }), { name: 'UnsendableError', path: 'args[0].a' });
    await assert.rejects(worker.call('a registered instance that cannot be packed'), {
      name: 'RangeError',
      message: 'thrown',
    });
  });

  it('never keeps the error that holds it from arriving', async () => {
    await using worker = new PersistentWorker(kind, throwHolding);
    for (const { name, isThreadOnly } of holdUnsendable) {
      if (isThreadOnly && !hasProcess) continue;
      await assert.rejects(worker.call(name), { name: 'RangeError', message: 'thrown' }, name);
    }
  });

  it('among the options is an error of the constructor', () => {
    const bad = { list: [() => 1] };
    assert.throws(() => new Worker(kind, take, [1], { initState: bad }), {
      name: 'UnsendableError',
      path: 'options.state.list[0]',
    });
    assert.throws(() => new Worker(kind, take, [1], { userId: bad }), {
      name: 'UnsendableError',
      path: 'options.userId.list[0]',
    });
    assert.throws(() => new PersistentWorker(kind, take, { args: [bad] }), {
      name: 'UnsendableError',
      path: 'options.args[0].list[0]',
    });
  });

  if (kind !== 'inline') {
    it('of a class that is registered on one side only says what to do', async () => {
      await using worker = new PersistentWorker(kind, take);
      await assert.rejects(worker.call(new Stranger()), (error: Error) => {
        assert.ok(error instanceof UnsendableError);
        assert.match(error.message, /"Stranger".*registerType\(\)/);
        return true;
      });
      assert.equal(await worker.call(2), 2);
    });
  }
});

describe('What only threads take (unsendable)', () => {
  it('is refused where it is to be handed over and is not among what is transferred', async () => {
    const { port1, port2 } = new MessageChannel();
    await using worker = new PersistentWorker('thread', take);
    assert.throws(() => worker.enqueue({ port: port1 }), {
      name: 'UnsendableError',
      path: 'args[0].port',
      message: /transfer/,
    });
    assert.equal(await worker.call(3), 3);
    port2.close();
  });

  it('is refused, and no later call is harmed, where it cannot be handed over any more', async () => {
    const { port1, port2 } = new MessageChannel();
    await using worker = new PersistentWorker('thread', take);
    const own = new MessageChannel();
    own.port1.postMessage(port1, [port1]);
    const before = Array.from({ length: 3 }, (_, i) => worker.call({ first: i }));
    assert.throws(() => worker.with({ transfer: [port1] }).enqueue({ shape: 1, port: port1 }), UnsendableError);
    const after = Array.from({ length: 3 }, (_, i) => worker.call({ shape: i, port: i }));
    assert.deepEqual(
      await Promise.all(before),
      [0, 1, 2].map((first) => ({ first })),
    );
    assert.deepEqual(
      await Promise.all(after),
      [0, 1, 2].map((i) => ({ shape: i, port: i })),
    );
    assert.equal(await worker.call(3), 3);
    port2.close();
    own.port1.close();
  });
});
