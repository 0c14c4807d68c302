import { processOf } from '../../base/process-tree.js';
import type { GivenDevice } from './given.js';
import type { Gpu } from './gpu.js';
import type { GpuEnvOptions } from './gpu-env.js';
import { findGpus } from './inventory.js';
import type { Lease } from './lease.js';
import { Leases, type LeasesOptions } from './leases.js';
import type { GpuSlot } from './slot.js';

/** What the driver of a sweep asks the one who keeps the GPUs of another machine for it. */
export type WardenOrder =
  | { readonly type: 'find'; readonly devices?: readonly GivenDevice[] }
  | { readonly type: 'open'; readonly options: LeasesOptions }
  /** Waits for at most so long; the driver asks again. */
  | {
      readonly type: 'take';
      readonly slot: GpuSlot;
      readonly worker: string;
      readonly style: GpuEnvOptions['style'];
      readonly forMs: number;
    }
  | { readonly type: 'usedBy'; readonly lease: string; readonly pid: number }
  | { readonly type: 'release'; readonly lease: string };

export interface WardenAnswer {
  readonly gpus?: readonly Gpu[];
  readonly lease?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Why it is waited. */
  readonly reason?: string;
}

let leases: Leases | undefined;
const held = new Map<string, Lease>();

/**
 * Runs on the machine whose GPUs it keeps, in a worker of its own: when the driver is gone this worker is ended, and with
 * it fall its locks.
 */
export async function keepGpus(order: WardenOrder): Promise<WardenAnswer> {
  switch (order.type) {
    case 'find':
      return { gpus: await findGpus({ devices: order.devices }) };
    case 'open':
      leases = await Leases.open(order.options);
      return {};
    case 'take':
      return take(order);
    case 'usedBy': {
      const leader = processOf(order.pid);
      if (leader) held.get(order.lease)?.usedBy(leader);
      return {};
    }
    case 'release':
      await held.get(order.lease)?.release();
      held.delete(order.lease);
      return {};
    default:
      order satisfies never;
      throw new TypeError('unknown order');
  }
}

async function take({ slot, worker, style, forMs }: Extract<WardenOrder, { type: 'take' }>): Promise<WardenAnswer> {
  if (!leases) throw new Error('A GPU was asked for before the leases were open.');
  const signal = AbortSignal.timeout(forMs);
  let reason: string | undefined;
  const onWait = (why: string): void => {
    reason = why;
  };
  try {
    const lease = await leases.take(slot, { worker, signal, onWait });
    held.set(lease.id, lease);
    return { lease: lease.id, env: lease.env({ style }) };
  } catch (error) {
    if (!signal.aborted) throw error;
    return { ...(reason !== undefined && { reason }) };
  }
}
