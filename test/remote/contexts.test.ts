import assert from 'node:assert/strict';
import {
  OptionError,
  PersistentRemoteWorker,
  RemoteContext,
  RemoteContextRef,
  RemoteWorker,
  ThreadWorker,
  UnsendableError,
  WorkerTerminatedError,
} from 'pyworkers';
import * as behaviours from '../fixtures/behaviours.js';
import { begun } from '../support/begun.js';
import { on } from '../support/remote.js';
import { ServerProcess } from '../support/server-process.js';

describe('A context on a server', () => {
  let server: ServerProcess;
  before(async () => {
    server = await ServerProcess.start();
  });
  after(() => server.stop());

  it('holds target and arguments for many workers, which only send what is their own', async () => {
    const ballast = Buffer.alloc(5 * 1024 * 1024, 1);
    await using context = new RemoteContext('shared', behaviours.tally, {
      ...on(server),
      args: ['', ballast, { deep: [1n] }],
    });
    await context.ready;
    const values = await Promise.all(['a', 'b', 'c'].map((own) => new RemoteWorker(context, [own]).value()));
    assert.deepEqual(
      values,
      ['a', 'b', 'c'].map((own) => `${own} ${ballast.length} 1`),
    );
    const worker = new PersistentRemoteWorker(context);
    assert.equal(await worker.call('d'), `d ${ballast.length} 1`);
    worker.close();
    assert.equal(await worker.value(), 1);
  });

  it('ends its workers when it is closed, and is forgotten', async () => {
    const context = new RemoteContext('closing', behaviours.patient, on(server));
    const worker = new RemoteWorker(context);
    await begun(worker);
    await context.close();
    assert.equal(context.isAlive(), false);
    const outcome = await worker.outcome();
    assert.ok(outcome.type === 'terminated' && outcome.error instanceof WorkerTerminatedError);
    await assert.rejects(new RemoteWorker(new RemoteContextRef('closing', on(server))).value(), {
      code: 'ERR_CONNECT_CONTEXT',
    });
    await using again = new RemoteContext('closing', behaviours.square, on(server));
    await again.ready;
  });

  it('is found by its id, also by those who did not make it', async () => {
    await using context = new RemoteContext('known', behaviours.square, on(server));
    await context.ready;
    assert.equal(
      await new RemoteWorker(new RemoteContextRef<typeof behaviours.square>('known', on(server)), [7]).value(),
      49,
    );
  });

  it('refuses an id that is taken, an unknown one, and arguments that cannot be sent', async () => {
    await using context = new RemoteContext('taken', behaviours.square, on(server));
    await context.ready;
    const second = new RemoteContext('taken', behaviours.square, on(server));
    await assert.rejects(second.ready, { code: 'ERR_CONNECT_CONTEXT', message: /"taken" on this server already/ });
    await second.close();
    const unsendable = new RemoteContext('odd', behaviours.square, { ...on(server), args: [() => 1] });
    await assert.rejects(unsendable.ready, UnsendableError);
    await unsendable.close();
    assert.equal(await new RemoteWorker(context, [3]).value(), 9);
  });

  it('is for remote workers only, and says itself where it is', () => {
    const ref = new RemoteContextRef<typeof behaviours.square>('any', on(server));
    assert.throws(() => new ThreadWorker(ref, [1]), /only a remote worker can be made from it/);
    assert.throws(() => new RemoteWorker(ref, [1], { host: 'elsewhere' }), OptionError);
    assert.throws(() => new RemoteContextRef(''), OptionError);
  });
});
