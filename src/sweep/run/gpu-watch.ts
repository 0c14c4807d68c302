import { type Gpu, type GpuUsage, keyOf } from '../gpu/gpu.js';
import { Sampler } from '../gpu/sampler.js';
import type { GpuSlot } from '../gpu/slot.js';
import type { GpuUse } from './worker-status.js';

const EVERY_MS = 5000; // asking the tool takes a second of CPU time on some machines

/** What GPUs are used for, seen now and then: only while somebody asks is the tool run. */
export class GpuWatch {
  readonly #gpus: readonly Gpu[];
  readonly #closing = new AbortController();
  readonly #sampler: Sampler;
  #usages: ReadonlyMap<string, GpuUsage> = new Map();
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> = Promise.resolve();

  constructor(slots: readonly GpuSlot[], { env }: { readonly env?: NodeJS.ProcessEnv } = {}) {
    this.#gpus = slots.flatMap(({ parts }) => parts.map(({ gpu }) => gpu));
    this.#sampler = new Sampler({ signal: this.#closing.signal, env });
  }

  /** As seen last, some seconds ago; `undefined` where nothing is known. Has somebody look again, if that is due. */
  read({ parts }: GpuSlot): GpuUse | undefined {
    if (parts.length === 0) return undefined;
    if (performance.now() - this.#askedAt > EVERY_MS) this.#ask();
    const usages = parts.map(({ gpu }) => ({ totalMb: gpu.totalMb, ...this.#usages.get(keyOf(gpu)) }));
    const usedMb = sumOf(usages.map((usage) => usage.usedMb));
    const totalMb = sumOf(usages.map((usage) => usage.totalMb));
    const busy = sumOf(usages.map(({ utilization }) => utilization));
    if (usedMb === undefined && busy === undefined) return undefined;
    return {
      ...(usedMb !== undefined && { usedMb }),
      ...(totalMb !== undefined && { totalMb }),
      ...(busy !== undefined && { utilization: busy / parts.length }),
    };
  }

  /** After that no tool runs. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('The sweep is over.'));
    await this.#asking;
  }

  #ask(): void {
    if (this.#closing.signal.aborted) return;
    this.#askedAt = performance.now();
    this.#asking = this.#sampler.sample(this.#gpus, EVERY_MS).then(({ usages }) => {
      if (usages.size > 0) this.#usages = usages;
    });
  }
}

/** Nothing, where one of them is not known. */
function sumOf(values: readonly (number | undefined)[]): number | undefined {
  return values.every((value) => value !== undefined) ? values.reduce((sum, value) => sum + value, 0) : undefined;
}
