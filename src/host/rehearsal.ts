import { MessageChannel } from 'node:worker_threads';
import { Channel } from '../channel/channel.js';
import { PortCarrier } from '../channel/port.js';
import { Flags } from '../protocol/flags.js';
import type { HostSpec, Order, Report, WorkerId } from '../protocol/messages.js';
import { Host } from './host.js';

const id: WorkerId = { host: '', pid: 0, tid: 0 };
const spec: HostSpec = {
  kind: 'thread',
  name: '',
  concurrency: 1,
  stopOnError: false,
  interruptible: false,
  cwd: undefined,
  maxMemoryMb: undefined,
};

/**
 * A whole worker's life with nobody watching, in a thread that waits to be taken: code runs slowly the first time, and
 * this was it.
 */
export async function rehearse(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const handle = new Channel<Order, Report>(new PortCarrier(port1));
  const channel = new Channel<Report, Order>(new PortCarrier(port2));
  handle.receive(() => {});
  new Host({ channel, flags: new Flags(), id, started: () => {}, ended: () => channel.end() });
  handle.send({ type: 'start', spec, payload: { userId: undefined, state: undefined, args: [] } });
  handle.send({
    type: 'target',
    target: {
      type: 'export',
      url: new URL('./rehearsed.js', import.meta.url).href,
      path: ['rehearsed'],
      name: 'rehearsed',
    },
  });
  handle.send({ type: 'call', id: 1, payload: [] });
  handle.send({ type: 'close' });
  await channel.ended;
}
