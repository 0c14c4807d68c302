import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { PersistentRemoteWorker, RemoteWorker, WorkerListener, WorkerServer } from 'pyworkers';
import * as behaviours from '../fixtures/behaviours.js';
import { begun } from '../support/begun.js';
import { eventually } from '../support/eventually.js';
import { ServerProcess } from '../support/server-process.js';

const command = fileURLToPath(new URL('../../../dist/cli/pyw-server.js', import.meta.url));

describe('A server that dials its caller', () => {
  let listener: WorkerListener;
  let server: ServerProcess;
  beforeEach(async () => {
    listener = await WorkerListener.open();
    const dial = ['--dial', `${listener.host}:${listener.port}`];
    server = await ServerProcess.start(dial, { PYW_TOKEN: listener.token });
  });
  afterEach(async () => {
    listener.close();
    await server.stop();
  });

  it('runs workers as one that listens does, several at once', async () => {
    const workers = Array.from({ length: 4 }, () => new PersistentRemoteWorker(behaviours.square, { host: listener }));
    assert.deepEqual(await Promise.all(workers.map((worker, i) => worker.call(i))), [0, 1, 4, 9]);
    for (const worker of workers) worker.close();
    for (const worker of workers) assert.equal(await worker.value(), 1);
    assert.equal(await new RemoteWorker(behaviours.square, [5], { host: listener }).value(), 25);
  });

  it('has its workers cut off, killed and told of a polite stop', async () => {
    const busy = new RemoteWorker(behaviours.busy, [], { host: listener });
    await begun(busy);
    assert.equal(await busy.terminate({ force: false }), true);
    assert.equal((await busy.outcome()).type, 'terminated');
    const patient = new RemoteWorker(behaviours.patient, [], { host: listener });
    await begun(patient);
    server.child.kill('SIGTERM');
    const outcome = await patient.outcome();
    assert.ok(outcome.type === 'terminated');
    assert.equal((outcome.error as { reason?: string }).reason, 'server');
  });

  it('dials again when the connection breaks, and until somebody listens', async () => {
    const late = await WorkerServer.open({ dial: [listener.host, listener.port], token: listener.token });
    await eventually(() => listener.free === 2);
    await late.terminate();
    await eventually(() => listener.free === 1);
    const { port, token } = listener;
    listener.close();
    listener = await WorkerListener.open({ port, token });
    assert.equal(await new RemoteWorker(behaviours.square, [6], { host: listener }).value(), 36);
  });

  it('is not let in with the key of a server that listens, nor without one', async () => {
    const wrong = spawn(process.execPath, [command, '--dial', `${listener.host}:${listener.port}`, '-v'], {
      env: { ...process.env, PYW_TOKEN: 'x'.repeat(43) },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    wrong.stderr.on('data', (chunk) => (log += chunk));
    await eventually(() => log.includes('dialling again'));
    wrong.kill('SIGKILL');
    await once(wrong, 'exit');
    assert.match(log, /has another token than this side/);
    assert.equal(listener.free, 1);
  });

  it('is told about when no server comes', async () => {
    await using lonely = await WorkerListener.open();
    const worker = new RemoteWorker(behaviours.square, [1], { host: lonely, connectTimeoutMs: 50 });
    await assert.rejects(worker.value(), { code: 'ERR_CONNECT_UNREACHABLE', message: /pyw-server --dial/ });
  });
});
