import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { LinkError, PersistentRemoteWorker, RemoteWorker } from 'pyworkers';
import * as behaviours from '../fixtures/behaviours.js';
import { begun } from '../support/begun.js';
import { eventually } from '../support/eventually.js';
import { childrenOf, isRunning } from '../support/processes.js';
import { on } from '../support/remote.js';
import { ServerProcess, testToken } from '../support/server-process.js';

const BOUND_MS = 600;
const caller = fileURLToPath(new URL('../fixtures/remote-caller.js', import.meta.url));

describe('When something between a caller and its remote worker fails', () => {
  let server: ServerProcess;
  before(async () => {
    server = await ServerProcess.start(['--heartbeat', String(BOUND_MS / 1000)]);
  });
  after(() => server.stop());

  async function callerBegun(): Promise<ChildProcess> {
    const child = spawn(process.execPath, [caller, String(BOUND_MS)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, PYW_HOST: server.address, PYW_TOKEN: testToken },
    });
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    return child;
  }

  function hosts(): number[] {
    return childrenOf(server.pid);
  }

  it('a caller that is killed takes its remote trees along', async () => {
    const child = await callerBegun();
    const pids = hosts();
    assert.equal(pids.length, 2);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await eventually(() => !pids.some(isRunning), 3000);
  });

  it('a caller that is stopped counts as gone within the bound', async () => {
    const child = await callerBegun();
    const pids = hosts();
    child.kill('SIGSTOP');
    try {
      await eventually(() => !pids.some(isRunning), BOUND_MS * 2 + 3000);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });

  it('a caller that blocks its own thread for three bounds loses nobody', async () => {
    await using worker = new PersistentRemoteWorker(behaviours.square, { ...on(server), heartbeatMs: BOUND_MS });
    assert.equal(await worker.call(3), 9);
    await eventually(() => server.log.includes('pulse'));
    behaviours.busyFor(BOUND_MS * 3);
    assert.equal(await worker.call(4), 16);
  });

  it('a server that is stopped counts as gone within the bound', async () => {
    const stopped = await ServerProcess.start();
    const worker = new RemoteWorker(behaviours.patient, [], { ...on(stopped), heartbeatMs: BOUND_MS });
    await begun(worker);
    stopped.child.kill('SIGSTOP');
    const startedAt = performance.now();
    const outcome = await worker.outcome();
    const took = performance.now() - startedAt;
    stopped.child.kill('SIGCONT');
    assert.ok(outcome.type === 'lost' && outcome.error.cause instanceof LinkError);
    assert.match(outcome.error.message, /Nothing was heard of the other side/);
    assert.ok(took < BOUND_MS * 2, `${took} ms`);
    await eventually(() => childrenOf(stopped.pid).length === 0, 3000);
    await stopped.stop();
  });

  it('a host that is killed is a loss that tells the signal; one that is stopped can still be killed', async () => {
    const [killed, stopped] = [0, 1].map(() => new RemoteWorker(behaviours.busy, [], on(server)));
    assert.ok(killed && stopped);
    await Promise.all([begun(killed), begun(stopped)]);
    process.kill(killed.id?.pid ?? 0, 'SIGKILL');
    const outcome = await killed.outcome();
    assert.ok(outcome.type === 'lost');
    assert.match(outcome.error.message, /ended from outside by SIGKILL/);
    process.kill(stopped.id?.pid ?? 0, 'SIGSTOP');
    assert.equal(await stopped.terminate({ graceMs: 100 }), true);
    assert.equal(hosts().length, 0);
  });

  it('a kill reaches a host that blocks while 500 MB are queued towards it', async () => {
    await using worker = new PersistentRemoteWorker(behaviours.sizeOf, on(server));
    assert.equal(await worker.call(1), 1);
    worker.enqueue('block');
    const part = Buffer.alloc(50 * 1024 * 1024);
    for (let i = 0; i < 10; i++) worker.enqueue(part);
    const asked = performance.now();
    assert.equal(await worker.terminate({ graceMs: 300 }), true);
    assert.ok(performance.now() - asked < 3000, `${performance.now() - asked} ms`);
  });
});
