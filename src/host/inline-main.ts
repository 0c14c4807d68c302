import { AsyncLocalStorage } from 'node:async_hooks';
import { hostname } from 'node:os';
import { threadId } from 'node:worker_threads';
import { Channel } from '../channel/channel.js';
import type { ServeInline } from '../channel/memory.js';
import type { Order, Report } from '../protocol/messages.js';
import { holder } from './context.js';
import { Host } from './host.js';

/** A host in the caller's own thread. */
export const serveInline: ServeInline = (carrier, options) => {
  holder.flows ??= new AsyncLocalStorage(); // several workers share this thread
  const channel = new Channel<Report, Order>(carrier);
  new Host({
    channel,
    flags: options.flags,
    target: options.target,
    id: { host: hostname(), pid: process.pid, tid: threadId },
    started: () => {},
    ended: () => channel.end(),
  });
};
