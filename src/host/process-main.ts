import { Socket } from 'node:net';
import { hostname } from 'node:os';
import { Worker } from 'node:worker_threads';
import { Channel } from '../channel/channel.js';
import { StreamCarrier } from '../channel/stream.js';
import { DEPTH_VARIABLE, ORDERS_FD, REPORTS_FD } from '../protocol/control.js';
import { Flags } from '../protocol/flags.js';
import type { Order, Report } from '../protocol/messages.js';
import { becomeHost } from '../target/importing.js';
import { blockWhenFull, makeBlocking } from './blocking.js';
import { Host } from './host.js';
import { nameProcess } from './names.js';

const flags = new Flags();
const watchdog = new Worker(new URL('./watchdog.js', import.meta.url), { workerData: flags.memory, execArgv: [] });
watchdog.unref();

becomeHost(Number(process.env[DEPTH_VARIABLE]));
delete process.env[DEPTH_VARIABLE];
blockWhenFull('stdout');
blockWhenFull('stderr');
const channel = new Channel<Report, Order>(
  new StreamCarrier(new Socket({ fd: ORDERS_FD, readable: true, writable: false }), openReports(), {
    isBlocking: true,
  }),
);

function die(code: number, error?: unknown): void {
  channel.send({ type: 'dying', code, payload: error });
  channel.end();
}

process.on('exit', (code) => die(code));
process.on('uncaughtException', (error) => {
  die(1, error);
  process.exit(1);
});

const host = new Host({
  channel,
  flags,
  id: { host: hostname(), pid: process.pid, tid: 0 },
  started: ({ name, cwd }) => {
    nameProcess(name);
    if (cwd !== undefined) process.chdir(cwd);
  },
  ended: () => {
    channel.end();
    process.exit(0);
  },
});
watchdog.on('message', (order) => host.take(order));

function openReports(): Socket {
  const socket = new Socket({ fd: REPORTS_FD, readable: false, writable: true });
  makeBlocking(socket);
  return socket;
}
