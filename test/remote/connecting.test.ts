import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ConnectError, OptionError, RemoteWorker } from 'pyworkers';
import { addressOf } from '#internal/link/address.js';
import { pskConnect, pskServer } from '#internal/link/tls.js';
import { keyOf } from '#internal/link/token.js';
import { WireWriter } from '#internal/link/wire.js';
import { PROTOCOL_VERSIONS } from '#internal/protocol/link.js';
import * as behaviours from '../fixtures/behaviours.js';
import { on, rawConnection } from '../support/remote.js';
import { ServerProcess, testToken } from '../support/server-process.js';

async function listening(server: Server): Promise<{ host: readonly [string, number]; token: string }> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { host: ['127.0.0.1', (server.address() as AddressInfo).port], token: testToken };
}

async function failure(options: object): Promise<ConnectError> {
  const worker = new RemoteWorker(behaviours.square, [1], options);
  const outcome = await worker.outcome();
  assert.ok(outcome.type === 'lost', outcome.type);
  assert.ok(outcome.error instanceof ConnectError);
  assert.equal(outcome.error.mayHaveRun, false);
  await assert.rejects(worker.ready, outcome.error);
  return outcome.error;
}

describe('Connecting to a server', () => {
  it('reads addresses in all their forms', () => {
    assert.deepEqual(addressOf('h'), { host: 'h', port: 60006 });
    assert.deepEqual(addressOf('h:1'), { host: 'h', port: 1 });
    assert.deepEqual(addressOf(['h', 2]), { host: 'h', port: 2 });
    assert.deepEqual(addressOf('[::1]:3'), { host: '::1', port: 3 });
    assert.deepEqual(addressOf('[::1]'), { host: '::1', port: 60006 });
    assert.deepEqual(addressOf('::1'), { host: '::1', port: 60006 });
    for (const bad of ['', 'h:', 'h:x', 'h:70000', 'a b', ['h', -1], ['h'], 'http://h', [1, 2]]) {
      assert.throws(() => addressOf(bad as string), OptionError, JSON.stringify(bad));
    }
  });

  it('says that nobody listens', async () => {
    const server = createServer();
    const to = await listening(server);
    server.close();
    const error = await failure(to);
    assert.equal(error.code, 'ERR_CONNECT_REFUSED');
    assert.match(error.message, /start a server there with npx pyw-server/);
  });

  it('says that a host is not to be found', async () => {
    const error = await failure({ host: 'no-such-host.invalid', token: testToken });
    assert.equal(error.code, 'ERR_CONNECT_UNREACHABLE');
  });

  it('says that the token is another one', async () => {
    const server = await ServerProcess.start();
    const error = await failure({ ...on(server), token: 'another token of some length' });
    assert.equal(error.code, 'ERR_CONNECT_TOKEN');
    assert.match(error.message, /Give both the same one/);
    await server.stop();
  });

  it('says that the key is for another role', async () => {
    const server = pskServer(testToken, 'listener');
    server.on('tlsClientError', () => {});
    const error = await failure(await listening(server));
    assert.equal(error.code, 'ERR_CONNECT_TOKEN');
    server.close();
  });

  it('has nothing of an earlier connection to come in by', async () => {
    const server = await ServerProcess.start();
    const { host, port } = server;
    const first = pskConnect(await rawConnection(server), testToken, 'server');
    await once(first, 'secureConnect');
    const session = first.getSession();
    first.destroy();
    const psk = keyOf('a token that was replaced', 'server');
    const again = connectTls({
      host,
      port,
      session,
      ciphers: 'ECDHE-PSK-CHACHA20-POLY1305',
      maxVersion: 'TLSv1.2',
      pskCallback: () => ({ psk, identity: 'pyworkers server' }),
      checkServerIdentity: () => undefined,
    });
    again.on('secureConnect', () => assert.fail('it came in'));
    await assert.rejects(once(again, 'close'), /ssl|alert/i);
    await server.stop();
  });

  it('says that the versions of the protocol differ, and names both', async () => {
    const server = pskServer(testToken, 'server');
    server.on('secureConnection', (socket) => {
      const hello = { protocol: [7, 8], role: 'server', heartbeatMs: 1000, limits: { windowBytes: 1000 } };
      const payload = Buffer.from(JSON.stringify(hello));
      socket.write(Buffer.concat([new WireWriter().header({ kind: 'hello', lane: 0 }, payload.length, 0), payload]));
      socket.on('error', () => {}).resume();
    });
    const error = await failure(await listening(server));
    assert.equal(error.code, 'ERR_CONNECT_VERSION');
    assert.match(error.message, new RegExp(`speaks version 7 to 8 .* version ${PROTOCOL_VERSIONS[0]}`));
    server.close();
  });

  it('says that something else listens: a web server, one that hangs up, one that is silent', async () => {
    const web = createHttpServer() as unknown as Server;
    const hangingUp = createServer((socket) => socket.destroy());
    const silent = createServer((socket) => void socket.on('error', () => {}).resume());
    for (const server of [web, hangingUp, silent]) {
      const error = await failure({ ...(await listening(server)), connectTimeoutMs: 500 });
      assert.equal(error.code, 'ERR_CONNECT_NOT_A_SERVER', error.message);
      server.close();
    }
  });

  it('refuses at the door what is no address or no token, and what is not for this kind', () => {
    const make = (options: object) => () => new RemoteWorker(behaviours.square, [1], { run: false, ...options });
    assert.throws(() => new RemoteWorker(behaviours.square, [1], { host: 'a b', token: testToken }), OptionError);
    assert.throws(() => new RemoteWorker(behaviours.square, [1], { token: 'short' }), /fewer than 16 bytes/);
    assert.throws(make({ host: 5 }), OptionError);
    assert.throws(make({ heartbeatMs: 0 }), OptionError);
  });
});
