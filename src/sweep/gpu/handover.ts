import { gigabytes } from './gigabytes.js';
import type { GpuUsage } from './gpu.js';
import type { GpuDesk, Leftover } from './gpu-desk.js';
import { processesOf, type SeenProcess } from './seen-processes.js';

const PATIENCE = 10; // times the settling time: then what is still in use is taken for somebody else's
const TOLERANCE_SHARE = 0.02;
const TOLERANCE_MB_MIN = 256;

export interface HandoverOptions {
  readonly settleMs: number;
  readonly toleranceMb: number | undefined;
}

/** Whether those who had a GPU are gone, and their memory with them. Knows since when they are. */
export class Handover {
  readonly #options: HandoverOptions;
  readonly #goneSince = new Map<string, number>();

  constructor(options: HandoverOptions) {
    this.#options = options;
  }

  /** Why a GPU cannot be handed on yet, if so. `usage` is newer than `seen` or about as old. */
  whyNot(desk: GpuDesk, seen: readonly SeenProcess[], usage: GpuUsage): string | undefined {
    for (const leftover of desk.leftovers) {
      const why = this.#whyNotGone(leftover, desk, seen);
      if (why) return why;
    }
    return desk.holdings.length > 0 ? undefined : this.#whyNotFreed(desk, seen, usage);
  }

  #whyNotGone({ use, who, isNear }: Leftover, { gpu }: GpuDesk, seen: readonly SeenProcess[]): string | undefined {
    const [first, ...others] = isNear ? processesOf(use, seen) : [];
    if (!first) {
      if (!this.#goneSince.has(use.lease)) this.#goneSince.set(use.lease, use.endedMs ?? Date.now());
      return undefined;
    }
    this.#goneSince.set(use.lease, Infinity);
    const name = seen.find(({ pid }) => pid === first.pid)?.name;
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return `GPU ${gpu.id} waits for process ${first.pid}${name ? ` (${name})` : ''}${more} of ${who} to end`;
  }

  #whyNotFreed(desk: GpuDesk, seen: readonly SeenProcess[], { usedMb, processes = [] }: GpuUsage): string | undefined {
    const { gpu, leftovers, beforeMb } = desk;
    if (leftovers.length === 0 || usedMb === undefined || beforeMb === undefined) return undefined;
    const pids = new Set(seen.map(({ pid }) => pid));
    const byOthers = processes.reduce((sum, each) => sum + (pids.has(each.pid) ? (each.usedMb ?? 0) : 0), 0);
    const { settleMs, toleranceMb = Math.max(TOLERANCE_MB_MIN, (gpu.totalMb ?? 0) * TOLERANCE_SHARE) } = this.#options;
    const stillMb = usedMb - Math.max(beforeMb, byOthers);
    if (stillMb <= toleranceMb) return undefined;
    const goneMs = Date.now() - Math.max(...leftovers.map(({ use }) => this.#goneSinceOf(use.lease)));
    if (goneMs >= PATIENCE * settleMs) return undefined;
    const times = Math.floor(goneMs / settleMs);
    const since = times === 0 ? '' : ` for ${Number(((times * settleMs) / 1000).toFixed(1))} s`;
    const whose = leftovers.map(({ who }) => who).join(', ');
    return `GPU ${gpu.id} still holds ${gigabytes(stillMb)} GB of ${whose}, which is gone${since}`;
  }

  /** Seen alive here before, it is gone from now on. */
  #goneSinceOf(lease: string): number {
    const known = this.#goneSince.get(lease) ?? Infinity;
    const since = known === Infinity ? Date.now() : known;
    this.#goneSince.set(lease, since);
    return since;
  }
}
