import { hostname } from 'node:os';
import { type MessagePort, threadId, workerData } from 'node:worker_threads';
import { Channel } from '../channel/channel.js';
import { PortCarrier } from '../channel/port.js';
import { Flags } from '../protocol/flags.js';
import type { Order, Report } from '../protocol/messages.js';
import { becomeHost } from '../target/importing.js';
import { Host } from './host.js';
import { registerLoaders } from './loaders.js';
import { nameThread } from './names.js';
import { directOutput, type ThreadOutput } from './output.js';
import { rehearse } from './rehearsal.js';

/** What a thread is told when it becomes a worker. */
export interface ThreadStart {
  readonly port: MessagePort;
  readonly flags: SharedArrayBuffer;
  readonly output: ThreadOutput;
  readonly depth: number;
}

const loadersReady = registerLoaders();

/** A thread of the supply waits for its worker and is called when there is one; it resolves when the worker has ended. */
async function serve({ port, flags: memory, output, depth }: ThreadStart): Promise<void> {
  becomeHost(depth);
  await loadersReady;
  const channel = new Channel<Report, Order>(new PortCarrier(port));
  const flags = new Flags(memory);
  directOutput(output, { channel, flags });
  const die = (code: number, error?: unknown): void => {
    channel.send({ type: 'dying', code, payload: error });
    channel.end();
  };
  const onExit = (code: number): void => die(code);
  const onUncaught = (error: unknown): void => {
    die(1, error);
    process.exit(1);
  };
  process.on('exit', onExit).on('uncaughtException', onUncaught);
  new Host({
    channel,
    flags,
    id: { host: hostname(), pid: process.pid, tid: threadId },
    started: ({ name }) => nameThread(name),
    ended: () => channel.end(),
  });
  await channel.ended;
  process.off('exit', onExit).off('uncaughtException', onUncaught);
}

/**
 * A thread of its own is a worker from the start, and ends with it. One of the supply has time until it is called. No
 * top-level await: a thread that is ended while one begins takes the whole process along (a failed check in V8).
 */
export const serving = isStart(workerData)
  ? serve(workerData).then(() => process.exit(0))
  : rehearse().then(() => serve);

function isStart(data: unknown): data is ThreadStart {
  return typeof data === 'object' && data !== null && 'port' in data && 'flags' in data;
}
