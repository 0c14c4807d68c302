import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { Address } from '../link/address.js';
import { addressText } from '../link/address.js';

/** Names this process to servers, the same on all of its connections. */
export const callerId = randomUUID();

/** What a pulse thread is given. */
export interface PulseOrder {
  readonly address: Address;
  readonly token: string;
  readonly heartbeatMs: number | undefined;
  readonly caller: string;
}

interface Pulse {
  readonly thread: Worker;
  users: number;
}

const pulses = new Map<string, Pulse>();

/**
 * Keeps telling a server that this process is alive, from a thread of its own: a caller whose main thread is busy for
 * minutes is not gone, one that was stopped or killed is. Returns how to stop it.
 */
export function keepPulse(order: Omit<PulseOrder, 'caller'>): () => void {
  const key = `${addressText(order.address)} ${order.heartbeatMs} ${order.token}`;
  const pulse = pulses.get(key) ?? { thread: started(order), users: 0 };
  pulses.set(key, pulse);
  pulse.users += 1;
  return () => {
    pulse.users -= 1;
    if (pulse.users > 0) return;
    pulses.delete(key);
    void pulse.thread.terminate();
  };
}

function started(order: Omit<PulseOrder, 'caller'>): Worker {
  const thread = new Worker(new URL('./pulse-main.js', import.meta.url), {
    workerData: { ...order, caller: callerId } satisfies PulseOrder,
    execArgv: [],
  });
  thread.on('error', () => {}); // without it, a busy caller may count as gone; the connections themselves say what is wrong
  thread.unref();
  return thread;
}
