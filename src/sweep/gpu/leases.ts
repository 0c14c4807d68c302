import { randomUUID } from 'node:crypto';
import {
  checkOptions,
  isAnything,
  isDuration,
  isFunction,
  isNumber,
  isPositive,
  isRecord,
  isSignal,
  isString,
} from '../../base/checks.js';
import { Turns } from '../../base/turns.js';
import { whyNotFree } from './enough-free.js';
import { flockIn, hasFlock } from './flock.js';
import { type Gpu, keyOf } from './gpu.js';
import { GpuDesk } from './gpu-desk.js';
import { GpuError } from './gpu-error.js';
import type { TryLock } from './gpu-lock.js';
import { Handover } from './handover.js';
import { ownIdentity } from './identity.js';
import { Lease } from './lease.js';
import { leaseDirectory, openDirectory } from './lease-directory.js';
import { LEASE_VARIABLE, leasesIn } from './lease-record.js';
import { ownerFileIn } from './owner-file.js';
import { Pulse, unlessAborted } from './pulse.js';
import { type Sample, Sampler } from './sampler.js';
import { type SeenProcess, seenProcesses } from './seen-processes.js';
import type { GpuSlot } from './slot.js';

export interface LeasesOptions {
  /** What others are told who wait for this sweep. */
  readonly name?: string | undefined;
  /** Where sweeps keep each other off; by default `PYW_LEASE_DIR`, or one for the whole machine. */
  readonly directory?: string | undefined;
  /** `flock`, unless there is none. Sweeps that do it differently do not see each other. */
  readonly locking?: 'flock' | 'owner-file' | undefined;
  /** A GPU is taken only when nobody else computes on it and it is used at most 10 %, or so much. */
  readonly idle?: boolean | { readonly below: number } | undefined;
  /** How often to look again. */
  readonly pollMs?: number | undefined;
  /** How long a GPU may hold memory of a worker that is gone before the waiting says so. Ten times as long it is waited for. */
  readonly settleMs?: number | undefined;
  /** So much more than before may stay in use: by default 256 MB, or 2 % of the GPU. */
  readonly toleranceMb?: number | undefined;
  /** For `nvidia-smi` and its like. */
  readonly toolTimeoutMs?: number | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

export interface TakeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told why it is waited, and again when that has changed. */
  readonly onWait?: ((reason: string) => void) | undefined;
  /** Who is to have it, as others are told: `worker 3`. */
  readonly worker?: string | undefined;
}

/** The GPUs that one sweep holds. No two sweeps of a machine hold the same GPU at one time; within a sweep, slots share it. */
export class Leases implements AsyncDisposable {
  readonly #tryLock: TryLock;
  readonly #options: LeasesOptions;
  readonly #own = ownIdentity();
  readonly #turns = new Turns(1);
  readonly #closing = new AbortController();
  readonly #desks = new Map<string, GpuDesk>();
  readonly #held = new Set<Lease>();
  readonly #sampler: Sampler;
  readonly #handover: Handover;
  readonly #pulse: Pulse;
  readonly #pollMs: number;
  readonly #outer: string;

  private constructor(options: LeasesOptions, tryLock: TryLock) {
    const { pollMs = 1000, settleMs = 30_000, env = process.env } = options;
    this.#tryLock = tryLock;
    this.#options = options;
    this.#pollMs = pollMs;
    this.#outer = env[LEASE_VARIABLE] ?? '';
    this.#pulse = new Pulse(pollMs);
    this.#handover = new Handover({ settleMs, toleranceMb: options.toleranceMb });
    this.#sampler = new Sampler({ env, timeoutMs: options.toolTimeoutMs, signal: this.#closing.signal });
  }

  static async open(options: LeasesOptions = {}): Promise<Leases> {
    checkOptions(options, openChecks);
    const { directory = leaseDirectory(options.env), locking = (await hasFlock()) ? 'flock' : 'owner-file' } = options;
    openDirectory(directory);
    return new Leases(options, locking === 'flock' ? flockIn(directory) : ownerFileIn(directory, ownIdentity()));
  }

  /**
   * Resolves once the GPUs of the slot are this sweep's alone, have room for it, and whoever had them before is gone together
   * with their memory. All of them at once: none is held while it waits for another. Rejects when the signal aborts.
   */
  async take(slot: GpuSlot, options: TakeOptions = {}): Promise<Lease> {
    checkOptions(options, takeChecks);
    const { signal, onWait } = options;
    for (let told: string | undefined; ; ) {
      const beat = this.#pulse.next;
      const outcome = await this.#tried(slot, options);
      if (typeof outcome !== 'string') return outcome;
      if (outcome !== told) onWait?.(outcome);
      told = outcome;
      await this.#pulse.wait(beat, signal);
    }
  }

  /** Gives everything back; who still waits is turned away. */
  async close(): Promise<void> {
    this.#closing.abort(new GpuError('The leases of this sweep were closed.', 'ERR_GPU_CLOSED'));
    await Promise.all([...this.#held].map((lease) => lease.release()));
    this.#pulse.wake();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** What is granted after all, when nobody waits for it any more, is given back. */
  #tried(slot: GpuSlot, options: TakeOptions): Promise<Lease | string> {
    this.#closing.signal.throwIfAborted();
    options.signal?.throwIfAborted();
    const attempt = this.#turns.run(() => this.#attempt(slot, options));
    const giveBack = (): void => {
      void attempt.then((outcome) => (typeof outcome === 'string' ? undefined : outcome.release())).catch(() => {}); // it was told already
    };
    return unlessAborted(attempt, options.signal).catch((error: unknown) => {
      giveBack();
      throw error;
    });
  }

  /** The lease, or why it cannot be had now. In the same order for all: who has the first one of several gets on. */
  async #attempt(slot: GpuSlot, options: TakeOptions): Promise<Lease | string> {
    const parts = slot.parts.map(({ gpu, share }) => ({ desk: this.#deskOf(gpu), share }));
    parts.sort((one, other) => (keyOf(one.desk.gpu) < keyOf(other.desk.gpu) ? -1 : 1));
    const outer = leasesIn(this.#outer).at(-1);
    const suffix = outer === undefined ? '' : `@${outer}`; // the outer sweep holds the GPU; those within it share that
    try {
      for (const { desk, share } of parts) {
        const why = desk.whyNoRoom(share) ?? (await desk.lock(this.#tryLock, { suffix, signal: options.signal }));
        if (why) return why;
      }
      if (parts.length === 0) return this.#granted(slot, parts, { usages: new Map(), seen: [] }, options);
      const ends = (): number => parts.reduce((sum, { desk }) => sum + desk.ends, 0);
      let looked: Looked;
      let before: number;
      do {
        before = ends();
        looked = await this.#look(slot, parts);
      } while (ends() !== before); // somebody has left meanwhile, and was not looked for
      this.#closing.signal.throwIfAborted();
      options.signal?.throwIfAborted();
      return this.#whyNot(slot, parts, looked) ?? this.#granted(slot, parts, looked, options);
    } finally {
      for (const { desk } of parts) desk.tried();
    }
  }

  async #look({ minFreeMb }: GpuSlot, parts: readonly Part[]): Promise<Looked> {
    const leftovers = parts.flatMap(({ desk }) => desk.leftovers);
    const isShared = parts.some(({ desk }) => desk.holdings.length > 0);
    const isAboutProcesses = leftovers.length > 0 || this.#options.idle || (isShared && minFreeMb !== undefined);
    const sinceLastEnd = leftovers.map(({ use }) => Math.max(0, Date.now() - (use.endedMs ?? 0)));
    const gpus = parts.map(({ desk }) => desk.gpu);
    const sample = await this.#sampler.sample(gpus, Math.min(this.#pollMs / 2, ...sinceLastEnd));
    const seen = isAboutProcesses ? await seenProcesses() : [];
    return { ...sample, seen };
  }

  #whyNot({ minFreeMb }: GpuSlot, parts: readonly Part[], looked: Looked): string | undefined {
    const { idle = false } = this.#options;
    const idleBelow = idle === false ? undefined : idle === true ? IDLE_BELOW : idle.below;
    for (const { desk } of parts) {
      const usage = looked.usages.get(keyOf(desk.gpu)) ?? {};
      const why =
        this.#handover.whyNot(desk, looked.seen, usage) ??
        whyNotFree(desk, { minFreeMb, idleBelow }, { ...looked, usage });
      if (why) return why;
    }
    return undefined;
  }

  #granted(slot: GpuSlot, parts: readonly Part[], looked: Looked, { worker = 'a worker' }: TakeOptions): Lease {
    const id = randomUUID();
    for (const { desk, share } of parts) {
      const holding = { use: { lease: id, worker, leaders: [] }, share, askedMb: slot.minFreeMb ?? 0 };
      desk.begin(holding, looked.usages.get(keyOf(desk.gpu))?.usedMb);
    }
    const marks = this.#outer === '' ? id : `${this.#outer}/${id}`;
    const onRelease = (): void => {
      this.#held.delete(lease);
      this.#pulse.wake();
    };
    const lease = new Lease(slot, { id, marks, desks: parts.map(({ desk }) => desk), onRelease });
    this.#held.add(lease);
    return lease;
  }

  #deskOf(gpu: Gpu): GpuDesk {
    const known = this.#desks.get(keyOf(gpu));
    const desk = known ?? new GpuDesk(gpu, { own: this.#own, name: this.#options.name ?? '' });
    if (!known) this.#desks.set(keyOf(gpu), desk);
    return desk;
  }
}

interface Part {
  readonly desk: GpuDesk;
  readonly share: number;
}

interface Looked extends Sample {
  readonly seen: readonly SeenProcess[];
}

const IDLE_BELOW = 10;

const openChecks = {
  name: isString,
  directory: isString,
  locking: (value: unknown) => (value === 'flock' || value === 'owner-file' ? undefined : "'flock' or 'owner-file'"),
  idle: (value: unknown) =>
    typeof value === 'boolean' || (isRecord(value) && isNumber(value.below) === undefined)
      ? undefined
      : 'true, false or { below: percent }',
  pollMs: isPositive,
  settleMs: isPositive,
  toleranceMb: isDuration,
  toolTimeoutMs: isPositive,
  env: isAnything,
};

const takeChecks = { signal: isSignal, onWait: isFunction, worker: isString };
