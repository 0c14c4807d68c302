import { type ProcessRef, processOf } from '../../base/process-tree.js';
import { target } from '../../target/target.js';
import { PersistentWorker } from '../../worker/persistent-worker.js';
import type { GivenDevice } from '../gpu/given.js';
import type { Gpu } from '../gpu/gpu.js';
import type { GpuEnvOptions } from '../gpu/gpu-env.js';
import { findGpus } from '../gpu/inventory.js';
import { Leases, type LeasesOptions } from '../gpu/leases.js';
import type { GpuSlot } from '../gpu/slot.js';
import type { keepGpus } from '../gpu/warden.js';
import type { Environment } from './place.js';
import type { HostOptions } from './spec.js';

/** GPUs that a worker may use, until they are given back. */
export interface HeldGpus {
  readonly env: Environment;
  /** Says who uses them, so that the next one is let in only when that process and all it started are gone. */
  usedBy(pid: number): void | Promise<void>;
  release(): Promise<void>;
}

export interface Taking {
  readonly worker: string;
  readonly style: GpuEnvOptions['style'];
  readonly signal: AbortSignal;
  onWait(reason: string): void;
}

/** Who keeps the GPUs of one machine for a sweep. */
export interface GpuKeeper {
  find(devices: readonly GivenDevice[] | undefined): Promise<readonly Gpu[]>;
  open(options: LeasesOptions): Promise<void>;
  take(slot: GpuSlot, taking: Taking): Promise<HeldGpus>;
  close(): Promise<void>;
}

/** Of this machine. */
export class LocalKeeper implements GpuKeeper {
  #leases: Leases | undefined;

  find(devices: readonly GivenDevice[] | undefined): Promise<readonly Gpu[]> {
    return findGpus({ devices });
  }

  async open(options: LeasesOptions): Promise<void> {
    this.#leases = await Leases.open(options);
  }

  async take(slot: GpuSlot, { worker, style, signal, onWait }: Taking): Promise<HeldGpus> {
    if (!this.#leases) throw new Error('A GPU was asked for before the leases were open.');
    const lease = await this.#leases.take(slot, { worker, signal, onWait });
    return {
      env: lease.env({ style }),
      usedBy(pid) {
        const leader: ProcessRef | undefined = processOf(pid);
        if (leader) lease.usedBy(leader);
      },
      release: () => lease.release(),
    };
  }

  async close(): Promise<void> {
    await this.#leases?.close();
  }
}

const warden = target<typeof keepGpus>(new URL('../gpu/warden.js', import.meta.url), 'keepGpus');
const LOOK_MS = 2000;
const ORDERS_AT_ONCE = 1000; // more than a machine has GPU slots: nobody waits behind another one's waiting

/** Of another machine: a worker there holds the locks. */
export class RemoteKeeper implements GpuKeeper {
  readonly #warden: PersistentWorker<typeof keepGpus>;
  #options: LeasesOptions | undefined;

  constructor({ host, token, tokenFile }: HostOptions) {
    this.#warden = new PersistentWorker('remote', warden, {
      name: 'gpus',
      host,
      concurrency: ORDERS_AT_ONCE,
      ...(token !== undefined && { token }),
      ...(tokenFile !== undefined && { tokenFile }),
    });
  }

  async find(devices: readonly GivenDevice[] | undefined): Promise<readonly Gpu[]> {
    const { gpus = [] } = await this.#warden.call({ type: 'find', ...(devices && { devices }) });
    return gpus;
  }

  async open(options: LeasesOptions): Promise<void> {
    this.#options = options;
    await this.#warden.call({ type: 'open', options });
  }

  async take(slot: GpuSlot, { worker, style, signal, onWait }: Taking): Promise<HeldGpus> {
    await this.#revive();
    for (let told: string | undefined; ; ) {
      signal.throwIfAborted();
      const {
        lease,
        env = {},
        reason,
      } = await this.#warden.call({ type: 'take', slot, worker, style, forMs: LOOK_MS });
      if (lease !== undefined) {
        const held = this.#held(lease, env);
        if (!signal.aborted) return held;
        await held.release();
        continue;
      }
      if (reason !== undefined && reason !== told) onWait(reason);
      told = reason;
    }
  }

  async close(): Promise<void> {
    await this.#warden.terminate();
  }

  /** It may have been lost with its connection. */
  async #revive(): Promise<void> {
    if (this.#warden.isAlive() || !this.#options) return;
    await this.#warden.restart();
    await this.open(this.#options);
  }

  #held(lease: string, env: Environment): HeldGpus {
    return {
      env,
      usedBy: async (pid) => {
        await this.#warden.call({ type: 'usedBy', lease, pid });
      },
      release: async () => {
        if (this.#warden.isAlive()) await this.#warden.call({ type: 'release', lease }).catch(() => {}); // it ended: so did the lock
      },
    };
  }
}
