import type { ProcessRef } from '../../base/process-tree.js';
import { type Gpu, keyOf } from './gpu.js';
import type { GpuLock, TryLock } from './gpu-lock.js';
import { type Identity, isAlive, isNear } from './identity.js';
import type { LeaseRecord, Use } from './lease-record.js';
import { optional } from './optional.js';

/** One lease's part of one GPU. */
export interface Holding {
  readonly use: Use;
  readonly share: number;
  readonly askedMb: number;
}

/** Somebody who had the GPU before and may not be gone yet. */
export interface Leftover {
  readonly use: Use;
  /** `worker 3`, or `worker 3 of sweep pid 4711`. */
  readonly who: string;
  /** Whether its processes can be seen from here. */
  readonly isNear: boolean;
}

interface Sweep {
  readonly own: Identity;
  readonly name: string;
}

const SHARE_ERROR = 1e-6; // three thirds are one

/** What one sweep has of one GPU: the lock that keeps other sweeps off, while it has any; and who of its own holds how much. */
export class GpuDesk {
  readonly gpu: Gpu;
  readonly #sweep: Sweep;
  readonly #holdings = new Map<string, Holding>();
  #leftovers: readonly Leftover[] = [];
  #lock: GpuLock | undefined;
  #beforeMb: number | undefined;
  #sinceMs = 0;
  #isBeingTried = false;
  #ends = 0;

  constructor(gpu: Gpu, sweep: Sweep) {
    this.gpu = gpu;
    this.#sweep = sweep;
  }

  get holdings(): readonly Holding[] {
    return [...this.#holdings.values()];
  }

  get leftovers(): readonly Leftover[] {
    return this.#leftovers;
  }

  /** Memory that was in use before the first of those came, who hold it or have left it. */
  get beforeMb(): number | undefined {
    return this.#beforeMb;
  }

  /** How many have given it back: what was seen before the last of them did tells nothing about that one. */
  get ends(): number {
    return this.#ends;
  }

  whyNoRoom(share: number): string | undefined {
    const taken = this.holdings.reduce((sum, holding) => sum + holding.share, 0);
    if (taken + share <= 1 + SHARE_ERROR) return undefined;
    return `GPU ${this.gpu.id} is used by ${this.holdings.map(({ use }) => use.worker).join(', ')} of this sweep`;
  }

  /** Keeps the other sweeps off, or says why that cannot be done now. To be followed by `tried()`, whatever comes of it. */
  async lock(
    tryLock: TryLock,
    options: { suffix: string; signal: AbortSignal | undefined },
  ): Promise<string | undefined> {
    this.#isBeingTried = true;
    if (this.#lock) return undefined;
    const lock = await tryLock(`${keyOf(this.gpu)}${options.suffix}`, options.signal);
    if ('heldBy' in lock) return `GPU ${this.gpu.id} is held by ${this.#described(lock.heldBy)}`;
    this.#lock = lock;
    this.#beforeMb = lock.before?.uses.length ? lock.before.beforeMb : undefined;
    this.#leftovers = lock.before ? leftBy(lock.before, this.#sweep.own) : [];
    return undefined;
  }

  /** A lock that nobody got anything of is for others to try. */
  tried(): void {
    this.#isBeingTried = false;
    this.#unlockUnlessNeeded();
  }

  /** From here on it counts. Whoever was left is gone. */
  begin(holding: Holding, usedMb: number | undefined): void {
    this.#leftovers = [];
    if (this.#holdings.size === 0) {
      this.#beforeMb = usedMb;
      this.#sinceMs = Date.now();
    }
    this.#holdings.set(holding.use.lease, holding);
    this.#write();
  }

  usedBy(lease: string, leader: ProcessRef): void {
    const holding = this.#holdings.get(lease);
    if (!holding) return;
    const { use } = holding;
    this.#holdings.set(lease, { ...holding, use: { ...use, leaders: [...use.leaders, leader] } });
    this.#write();
  }

  /** The next one, of this sweep or another, finds who has left, and waits until they are gone. */
  end(lease: string): void {
    const holding = this.#holdings.get(lease);
    if (!holding) return;
    this.#holdings.delete(lease);
    const use = { ...holding.use, endedMs: Date.now() };
    this.#leftovers = [...this.#leftovers, { use, who: use.worker, isNear: true }];
    this.#ends += 1;
    this.#write();
    this.#unlockUnlessNeeded();
  }

  #unlockUnlessNeeded(): void {
    if (this.#holdings.size > 0 || this.#isBeingTried) return;
    this.#lock?.close();
    this.#lock = undefined;
    this.#leftovers = [];
    this.#beforeMb = undefined;
  }

  #write(): void {
    const uses = [...this.#leftovers, ...this.#holdings.values()].map(({ use }) => use);
    this.#lock?.write({
      holder: this.#sweep.own,
      name: this.#sweep.name,
      sinceMs: this.#sinceMs,
      ...optional('beforeMb', this.#beforeMb),
      uses,
    });
  }

  #described(record: LeaseRecord | undefined): string {
    const { own } = this.#sweep;
    if (!record || isAlive(record.holder, own) === false) return 'another sweep on this machine';
    const { holder, name, sinceMs } = record;
    const where = isNear(holder, own) ? 'on this machine' : `of ${holder.host}`;
    const since = new Date(sinceMs).toLocaleString('sv'); // 2026-01-31 14:05:09
    if (isNear(holder, own) && holder.pid === own.pid) return `another sweep of this process (since ${since})`;
    return `sweep pid ${holder.pid} ${name === '' ? '' : `(${name}) `}${where} (since ${since})`;
  }
}

function leftBy({ holder, uses }: LeaseRecord, own: Identity): Leftover[] {
  const near = isNear(holder, own);
  const isOwn = near && holder.pid === own.pid && holder.startedAt === own.startedAt;
  return uses.map((use) => ({
    use,
    who: isOwn ? use.worker : `${use.worker} of sweep pid ${holder.pid}`,
    isNear: near,
  }));
}
