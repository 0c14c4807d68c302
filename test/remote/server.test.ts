import assert from 'node:assert/strict';
import { PersistentRemoteWorker, RemoteWorker, WorkerLostError, WorkerServer, WorkerTerminatedError } from 'pyworkers';
import * as behaviours from '../fixtures/behaviours.js';
import { begun } from '../support/begun.js';
import { eventually } from '../support/eventually.js';
import { childrenOf, isRunning } from '../support/processes.js';
import { on } from '../support/remote.js';
import { ServerProcess, testToken } from '../support/server-process.js';

describe('A server', () => {
  let server: ServerProcess;
  beforeEach(async () => {
    server = await ServerProcess.start();
  });
  afterEach(() => server.stop());

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`stopped politely by ${signal} ends its workers, and their handles say so`, async () => {
      const worker = new RemoteWorker(behaviours.patient, [], on(server));
      await begun(worker);
      server.child.kill(signal);
      const outcome = await worker.outcome();
      assert.ok(outcome.type === 'terminated' && outcome.error instanceof WorkerTerminatedError);
      assert.equal(outcome.error.reason, 'server');
      assert.match(outcome.error.message, /the server it ran on is being stopped/);
      assert.deepEqual(await server.exit, [0, null]);
    });
  }

  it('stopped politely leaves the results so far of a persistent worker readable', async () => {
    const worker = new PersistentRemoteWorker(behaviours.slowSquare, on(server));
    for (let i = 0; i < 100; i++) worker.enqueue(i);
    const results: number[] = [await worker.nextResult(), await worker.nextResult()];
    server.child.kill('SIGTERM');
    const outcome = await worker.outcome();
    assert.equal(outcome.type, 'terminated');
    await assert.rejects(async () => {
      for await (const value of worker.resultsIter()) results.push(value);
    }, WorkerTerminatedError);
    assert.deepEqual(
      results,
      results.map((_, i) => i * i),
    );
  });

  it('ends a stubborn target, and its grandchildren, when it is stopped', async () => {
    const worker = new RemoteWorker(behaviours.stubborn, [], on(server));
    const pids = (await begun(worker)) as number[];
    server.child.kill('SIGTERM');
    assert.equal((await worker.outcome()).type, 'terminated');
    await server.exit;
    await eventually(() => !pids.some(isRunning), 2000);
  });

  it('stops at once at the second signal', async () => {
    const worker = new RemoteWorker(behaviours.deaf, [], on(server));
    await begun(worker);
    const startedAt = performance.now();
    server.child.kill('SIGTERM');
    await eventually(() => worker.state === 'terminating' || performance.now() - startedAt > 100);
    server.child.kill('SIGTERM');
    await server.exit;
    assert.ok(performance.now() - startedAt < 900, 'the grace of the first signal was not waited for');
    assert.equal((await worker.outcome()).type, 'terminated');
  });

  it('killed by SIGKILL is a loss on every handle, and leaves no host behind', async () => {
    const workers = [behaviours.busy, behaviours.deaf, behaviours.patient].map(
      (target) => new RemoteWorker(target as () => void, [], on(server)),
    );
    await Promise.all(workers.map(begun));
    const hosts = childrenOf(server.pid);
    assert.equal(hosts.length, 3);
    server.child.kill('SIGKILL');
    for (const worker of workers) {
      const outcome = await worker.outcome();
      assert.ok(outcome.type === 'lost' && outcome.error instanceof WorkerLostError);
      assert.match(outcome.error.message, /is gone: The connection/);
    }
    await eventually(() => !hosts.some(isRunning), 2000);
  });

  it('ends with the standard input that it was told to watch', async () => {
    server.child.stdin?.end();
    assert.deepEqual(await server.exit, [0, null]);
  });

  it('ends when lines came from there and no more come', async () => {
    const watched = await ServerProcess.start(['--heartbeat', '0.3']);
    const lines = setInterval(() => watched.child.stdin?.write('here\n'), 50);
    const worker = new RemoteWorker(behaviours.slowSquare, [3, 1000], { host: watched.address, token: testToken });
    assert.equal(await worker.value(), 9);
    clearInterval(lines);
    assert.deepEqual(await watched.exit, [0, null]);
  });
});

describe('A server in code', () => {
  it('listens on the port it says, takes workers up to its limit, and closes when they are through', async () => {
    await using server = await WorkerServer.open({ port: 0, token: testToken, maxWorkers: 1 });
    const to = { host: [server.host, server.port] as const, token: testToken };
    const worker = new PersistentRemoteWorker(behaviours.square, to);
    assert.equal(await worker.call(4), 16);
    assert.equal(server.workers, 1);
    await assert.rejects(new RemoteWorker(behaviours.square, [1], to).value(), { code: 'ERR_CONNECT_BUSY' });
    const closed = server.close();
    worker.close();
    await closed;
    assert.equal(await worker.value(), 1);
    await assert.rejects(new RemoteWorker(behaviours.square, [1], to).value(), { code: 'ERR_CONNECT_REFUSED' });
  });

  it('ends by itself after its idle time', async () => {
    const server = await WorkerServer.open({ port: 0, token: testToken, idleTimeoutMs: 50 });
    await server.ended;
  });

  it('says on which port it cannot listen', async () => {
    await using server = await WorkerServer.open({ port: 0, token: testToken });
    await assert.rejects(WorkerServer.open({ port: server.port, token: testToken }), { code: 'EADDRINUSE' });
  });
});
