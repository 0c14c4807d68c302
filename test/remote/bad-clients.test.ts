import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect as tlsConnect } from 'node:tls';
import { PersistentRemoteWorker, RemoteContextRef, RemoteWorker } from 'pyworkers';
import { helloOf } from '#internal/link/hello.js';
import { WireWriter } from '#internal/link/wire.js';
import * as behaviours from '../fixtures/behaviours.js';
import { childrenOf } from '../support/processes.js';
import { closed, on, provenConnection, rawConnection } from '../support/remote.js';
import { ServerProcess, testToken } from '../support/server-process.js';

const GOOD_WORKERS = 4;
const WAVE = 100;

function memoryMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024;
}

describe('While good workers go on, a server', () => {
  let server: ServerProcess;
  let good: PersistentRemoteWorker<typeof behaviours.square>[];

  before(async () => {
    server = await ServerProcess.start();
  });
  beforeEach(async () => {
    good = Array.from({ length: GOOD_WORKERS }, () => new PersistentRemoteWorker(behaviours.square, on(server)));
    await Promise.all(good.map((worker) => worker.ready));
  });
  afterEach(async () => {
    for (const worker of good) worker.close();
    await Promise.all(good.map((worker) => worker.wait()));
  });
  after(() => server.stop());

  async function undisturbed(): Promise<void> {
    assert.deepEqual(await Promise.all(good.map((worker, i) => worker.call(i))), [0, 1, 4, 9]);
    assert.equal(childrenOf(server.pid).length, GOOD_WORKERS, 'no process is started for a bad client');
  }

  async function endsIt(action: (socket: Awaited<ReturnType<typeof provenConnection>>) => void): Promise<void> {
    const socket = await provenConnection(server);
    action(socket);
    socket.resume();
    await closed(socket);
    await undisturbed();
  }

  const greet = (wire: WireWriter): Buffer => frame(wire, 'hello', Buffer.from(JSON.stringify(helloOf('caller'))));
  const frame = (wire: WireWriter, kind: 'hello' | 'message' | 'data', payload: Buffer, lane = 0): Buffer =>
    Buffer.concat([wire.header({ kind, lane }, payload.length, 0), payload]);

  it('outlives one that connects and goes', async () => {
    (await rawConnection(server)).destroy();
    await undisturbed();
  });

  it('drops one that stays silent, and one that sends byte by byte', async () => {
    const silent = await rawConnection(server);
    const slow = await rawConnection(server);
    const drip = setInterval(() => slow.write('\x16'), 200);
    const startedAt = performance.now();
    await Promise.all([closed(silent), closed(slow)]);
    clearInterval(drip);
    assert.ok(performance.now() - startedAt < 7000);
    await undisturbed();
  });

  it('drops one that sends random bytes, or speaks TLS without the key', async () => {
    const random = await rawConnection(server);
    random.write(Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256)));
    await closed(random);
    const keyless = tlsConnect({ host: server.host, port: server.port, rejectUnauthorized: false });
    keyless.on('error', () => {});
    await closed(keyless);
    await undisturbed();
  });

  it('drops one with a wrong key', async () => {
    await assert.rejects(new RemoteWorker(behaviours.square, [1], { ...on(server), token: 'x'.repeat(40) }).value(), {
      code: 'ERR_CONNECT_TOKEN',
    });
    await undisturbed();
  });

  it('drops one with the key that does not greet, greets wrongly, or twice', async () => {
    await endsIt((socket) => socket.write(Buffer.alloc(64)));
    await endsIt((socket) => socket.write(frame(new WireWriter(), 'hello', Buffer.from('{"protocol":"1"}'))));
    await endsIt((socket) => socket.write(frame(new WireWriter(), 'hello', Buffer.from('not json'))));
    const wire = new WireWriter();
    await endsIt((socket) => socket.write(Buffer.concat([greet(wire), greet(wire)])));
  });

  it('drops one with the key that sends a truncated, an oversized, an unknown, a wrongly typed frame', async () => {
    await endsIt((socket) => socket.end(greet(new WireWriter()).subarray(0, 20)));
    const oversized = new WireWriter();
    await endsIt((socket) =>
      socket.write(Buffer.concat([greet(oversized), oversized.header({ kind: 'data', lane: 0 }, 2 ** 31, 0)])),
    );
    const unknown = new WireWriter();
    const odd = frame(unknown, 'message', Buffer.alloc(0));
    await endsIt((socket) => socket.write(Buffer.concat([greet(unknown), odd, Buffer.from([99]), odd])));
    for (const text of [
      'null',
      '5',
      '{"type":5}',
      '[]',
      '{',
      '{"type":"start"}',
      '{"type":"start","start":{"env":5}}',
      '{"type":"context"}',
      '{"type":"control"}',
    ]) {
      const wire = new WireWriter();
      await endsIt((socket) => socket.write(Buffer.concat([greet(wire), frame(wire, 'message', Buffer.from(text))])));
    }
  });

  it('drops one that sends more than it was granted, or on a lane that there is not', async () => {
    const flood = new WireWriter();
    await endsIt((socket) => {
      socket.write(greet(flood));
      for (let i = 0; i < 80; i++) socket.write(frame(flood, 'data', Buffer.alloc(64 * 1024)));
    });
    const lost = new WireWriter();
    await endsIt((socket) => socket.write(Buffer.concat([greet(lost), frame(lost, 'data', Buffer.alloc(8), 77)])));
  });

  it('answers who names a context that there is not', async () => {
    const nowhere = new RemoteContextRef('nowhere', on(server));
    await assert.rejects(new RemoteWorker(nowhere).value(), {
      code: 'ERR_CONNECT_CONTEXT',
      message: /no context "nowhere"/,
    });
    await undisturbed();
  });

  it('stands 2,000 connections at once and 10,000 in sequence, with bounded memory, and lets good ones in between', async function () {
    this.timeout(120_000);
    const before = memoryMb(server.pid);
    const crowd = await Promise.all(Array.from({ length: 2000 }, () => rawConnection(server)));
    assert.equal(await new RemoteWorker(behaviours.square, [5], on(server)).value(), 25);
    for (const socket of crowd) socket.destroy();
    for (let i = 0; i < 10_000; i += WAVE) {
      const wave = await Promise.all(Array.from({ length: WAVE }, () => rawConnection(server)));
      for (const socket of wave) socket.destroy();
    }
    await undisturbed();
    const grown = memoryMb(server.pid) - before;
    assert.ok(grown < 150, `grew by ${grown} MB`);
  });

  it('has logged each sort of refusal a few times at most', () => {
    const lines = server.log.split('\n').filter((line) => line.includes(' warn '));
    assert.ok(lines.length > 0);
    assert.ok(lines.length < 60, `${lines.length} lines`);
    assert.ok(!server.log.includes(testToken));
  });
});
