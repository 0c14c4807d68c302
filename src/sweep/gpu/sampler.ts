import { type Gpu, type GpuUsage, keyOf } from './gpu.js';
import { usageOf } from './inventory.js';
import type { ToolOptions } from './run-tool.js';

const AFTER_NOTHING_MS = 15_000;

/** What was in use at one moment, of all GPUs that were ever asked about; or why that is not known. */
export interface Sample {
  readonly usages: ReadonlyMap<string, GpuUsage>;
  readonly failure?: string;
}

/** Asks the tool for all who wait at once, so that many of them cost no more than one. */
export class Sampler {
  readonly #gpus = new Map<string, Gpu>();
  readonly #tool: ToolOptions;
  #last: { readonly sample: Promise<Sample>; readonly at: number; isDone: boolean; isNothing: boolean } | undefined;

  constructor(tool: ToolOptions) {
    this.#tool = tool;
  }

  /** Never rejects. The answer was asked for at most `ageMsMax` ago; a tool that has failed, or is not there, is left alone for a while. */
  sample(gpus: readonly Gpu[], ageMsMax: number): Promise<Sample> {
    const last = this.#last;
    if (last && this.#hasAsked(gpus, last.isNothing)) {
      const limitMs = last.isNothing ? AFTER_NOTHING_MS : ageMsMax;
      if (!last.isDone || performance.now() - last.at <= limitMs) return last.sample;
    }
    for (const gpu of gpus) this.#gpus.set(keyOf(gpu), gpu);
    const asked = { sample: this.#ask(), at: performance.now(), isDone: false, isNothing: false };
    this.#last = asked;
    void asked.sample.then(({ usages }) => {
      asked.isDone = true;
      asked.isNothing = [...usages.values()].every((usage) => Object.keys(usage).length === 0);
    });
    return asked.sample;
  }

  /** A tool that tells nothing of one GPU tells nothing of another one. */
  #hasAsked(gpus: readonly Gpu[], isNothing: boolean): boolean {
    if (!isNothing) return gpus.every((gpu) => this.#gpus.has(keyOf(gpu)));
    const vendors = new Set([...this.#gpus.values()].map(({ vendor }) => vendor));
    return gpus.every(({ vendor }) => vendors.has(vendor));
  }

  async #ask(): Promise<Sample> {
    try {
      return { usages: await usageOf([...this.#gpus.values()], this.#tool) };
    } catch (error) {
      return { usages: new Map(), failure: (error as Error).message };
    }
  }
}
