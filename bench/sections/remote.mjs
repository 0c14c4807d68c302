import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { PersistentProcessWorker, PersistentRemoteWorker, ProcessWorker, RemoteWorker } from 'pyworkers';
import { ms, perSecond, row, takeTurns, timed, times, us } from '../measure.mjs';
import { startServer } from '../server.mjs';
import { noop } from '../tasks.mjs';

const CALLS = 2000;
const STREAMED = 200_000;
const LARGE_BYTES = 500 * 1024 * 1024;
const MESSAGE = Buffer.alloc(60, 1); // about what a call of noop takes

const server = await startServer();
const host = server.address;
const { token } = server;
const remote = new PersistentRemoteWorker(noop, { host, token });
const local = new PersistentProcessWorker(noop);
const echo = await openEcho();
const wholeEcho = await openEcho(LARGE_BYTES);

/** Bare TLS with the same cipher; `send` resolves with what comes back. */
async function openEcho(wholeBytes) {
  const child = fork(new URL('../peers/tls-echo.mjs', import.meta.url), wholeBytes ? [String(wholeBytes)] : []);
  const [port] = await once(child, 'message');
  const socket = connectTls({
    socket: connect({ port, host: '127.0.0.1', noDelay: true }),
    ciphers: 'ECDHE-PSK-CHACHA20-POLY1305',
    maxVersion: 'TLSv1.2',
    pskCallback: () => ({ psk: Buffer.alloc(32, 1), identity: 'bench' }),
    checkServerIdentity: () => undefined,
  });
  await once(socket, 'secureConnect');
  const send = (bytes) =>
    new Promise((resolve) => {
      const back = Buffer.allocUnsafeSlow(bytes.length);
      let at = 0;
      const take = (chunk) => {
        at += chunk.copy(back, at);
        if (at < back.length) return;
        socket.off('data', take);
        resolve(back);
      };
      socket.on('data', take);
      socket.write(bytes);
    });
  const close = () => {
    socket.destroy();
    child.disconnect();
  };
  return { send, close };
}

const each = (call) => async () => {
  const taken = await timed(async () => {
    for (let i = 0; i < CALLS; i++) await call(i);
  });
  return (taken * 1000) / CALLS;
};
const lone = {
  remote: each((i) => remote.call(i)),
  local: each((i) => local.call(i)),
  tls: each(() => echo.send(MESSAGE)),
};
await takeTurns(2, lone);
const roundTrip = await takeTurns(9, lone);

const streams = {
  async remote() {
    const taken = await timed(async () => {
      for (let i = 0; i < STREAMED; i++) remote.enqueue(i);
      for await (const _ of remote.resultsIter({ max: STREAMED }));
    });
    return (STREAMED / taken) * 1000;
  },
};
await takeTurns(3, streams);
const streaming = await takeTurns(7, streams);

const start = await takeTurns(15, {
  remote: () => timed(() => new RemoteWorker(noop, [1], { host, token }).value()),
  local: () => timed(() => new ProcessWorker(noop, [1]).value()),
});

const large = Buffer.alloc(LARGE_BYTES, 1);
const transfer = await takeTurns(5, {
  remote: () => timed(() => remote.call(large)),
  tls: () => timed(() => wholeEcho.send(large)),
  passing: () => timed(() => echo.send(large)),
});

await remote.terminate();
await local.terminate();
echo.close();
wholeEcho.close();
await server.stop();

const roundTripMax = roundTrip.tls + 1.3 * roundTrip.local;
const startMax = 1.3 * start.local + 15;
const share = transfer.tls / transfer.remote;
const ancestor = "the Python ancestor's";
export default [
  row(
    'enqueue() and resultsIter(), one remote worker',
    perSecond(streaming.remote),
    `${ancestor} 9 k/s`,
    '>= 200 k/s',
    streaming.remote >= 200_000,
  ),
  row(
    'call() to a remote worker',
    us(roundTrip.remote),
    `bare TLS echo ${us(roundTrip.tls)}, process worker ${us(roundTrip.local)}; ${ancestor} 120 us`,
    `<= TLS + 1.3x process = ${us(roundTripMax)}`,
    roundTrip.remote <= roundTripMax,
  ),
  row(
    'one-shot remote worker',
    `${ms(start.remote)}, ${times(start.remote / start.local)}`,
    `process worker ${ms(start.local)}; ${ancestor} 85 to 200 ms`,
    `<= 1.3x process + 15 ms = ${ms(startMax)}`,
    start.remote <= startMax,
  ),
  row(
    'Buffer, 500 MB, there and back',
    `${ms(transfer.remote)}, ${Math.round(share * 100)} %`,
    `bare TLS ${ms(transfer.tls)}; passing each piece back as it comes ${ms(transfer.passing)}`,
    '>= 70 % of its speed',
    share >= 0.7,
  ),
];
