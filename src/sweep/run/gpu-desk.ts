import { isRecord } from '../../base/checks.js';
import { givenGpus } from '../gpu/given.js';
import type { Gpu } from '../gpu/gpu.js';
import { gpuEnv } from '../gpu/gpu-env.js';
import { cpuSlot, type GpuSlot } from '../gpu/slot.js';
import { slotsOf } from '../gpu/slots.js';
import type { GpuKeeper, HeldGpus } from './gpu-keeper.js';
import type { GpuOptions } from './gpu-options.js';
import type { Environment, Place } from './place.js';
import type { WorkersOptions } from './spec.js';
import type { SweepWorker } from './sweep-worker.js';

export interface GpuDeskOptions {
  /** What others who wait for the same GPUs are told. */
  readonly name: string;
  readonly gpus: WorkersOptions['gpus'];
  readonly count: number | 'auto' | undefined;
  readonly keeper: GpuKeeper;
  onWait(worker: string, reason: string): void;
}

/** The GPUs of one machine as one sweep uses them: who gets which, from when until when. */
export class GpuDesk {
  /** One for each worker; `undefined` where workers get none. */
  readonly slots: readonly GpuSlot[] | undefined;
  readonly #options: GpuOptions;
  readonly #given: GpuDeskOptions;

  private constructor(given: GpuDeskOptions, options: GpuOptions, slots: readonly GpuSlot[] | undefined) {
    this.#given = given;
    this.#options = options;
    this.slots = slots;
  }

  static async open(given: GpuDeskOptions): Promise<GpuDesk> {
    const options = gpuOptionsOf(given.gpus);
    const { gpus, include, avoid, minFreeMb, devices, missing, idle } = options;
    if (gpus === undefined || gpus === 0) return new GpuDesk(given, options, undefined);
    const known = await given.keeper.find(devices);
    const found = known.length === 0 && missing === 'take' ? takenToBeThere(gpus) : known;
    const slots = slotsOf({ gpus, include, avoid, minFreeMb, count: given.count ?? 'auto' }, found);
    await given.keeper.open({ name: given.name, idle });
    return new GpuDesk(given, options, slots);
  }

  /** Of a worker without GPUs: it sees none, unless it was said that it is to see what the caller sees. */
  get envWithout(): Environment {
    return this.#given.gpus === 'inherit' ? {} : gpuEnv(cpuSlot);
  }

  tokensOf(slot: GpuSlot): readonly string[] {
    return slot.parts.map(({ gpu }) => (this.#options.style === 'uuid' ? (gpu.uuid ?? gpu.token) : gpu.token));
  }

  /** A place has its GPUs from before a worker starts there until nothing of that worker is left. */
  holderOf(slot: GpuSlot, worker: string): Pick<Place, 'admit' | 'onStart' | 'leave'> {
    if (slot.parts.length === 0) return {};
    const { keeper, onWait } = this.#given;
    const { style } = this.#options;
    let held: HeldGpus | undefined;
    return {
      admit: async (signal) => {
        held = await keeper.take(slot, { worker, style, signal, onWait: (reason) => onWait(worker, reason) });
        return held.env;
      },
      onStart: async ({ pid }: SweepWorker) => {
        if (pid !== undefined) await held?.usedBy(pid);
      },
      leave: async () => {
        const before = held;
        held = undefined;
        await before?.release();
      },
    };
  }

  close(): Promise<void> {
    return this.#given.keeper.close();
  }
}

/** Those that a list of slots names. */
function takenToBeThere(gpus: NonNullable<GpuOptions['gpus']>): Gpu[] {
  if (typeof gpus === 'number') return [];
  const names = gpus.flatMap((entry) => String(isRecord(entry) ? entry.gpus : entry).split(','));
  return givenGpus([...new Set(names.map((name) => name.trim()).filter((name) => name !== ''))], []);
}

function gpuOptionsOf(gpus: WorkersOptions['gpus']): GpuOptions {
  if (gpus === undefined || gpus === 'inherit') return {};
  return isRecord(gpus) ? (gpus as GpuOptions) : { gpus: gpus as GpuOptions['gpus'] };
}
