import { checkOptions, isArray, isCount, isPositive } from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';
import { gigabytes } from './gigabytes.js';
import { type Gpu, listed } from './gpu.js';
import { type GpuReference, matching } from './reference.js';
import { cpuSlot, type GpuSlot, slotOf } from './slot.js';
import { type SlotEntry, slotsOfList } from './slot-list.js';

export interface SlotOptions {
  /**
   * What each worker gets: nothing (0), so many GPUs as a whole (2), a part of one (0.5: two workers share it); or a list with
   * what each of them gets: `[0, 1, 0, 1]`, `["0,1", "2,3"]`. Those that name the same GPU share it.
   */
  readonly gpus?: number | readonly SlotEntry[] | undefined;
  /** Only these. By index, UUID, or a pattern for the name. */
  readonly include?: readonly GpuReference[] | undefined;
  /** Not these, whether they are there or not. */
  readonly avoid?: readonly GpuReference[] | undefined;
  /** Memory that a worker needs on each of its GPUs. It is started when that much is free. */
  readonly minFreeMb?: number | undefined;
  /** How many workers; `auto`: as many as the GPUs have room for. */
  readonly count?: number | 'auto' | undefined;
}

/**
 * One slot for each worker. Throws an `OptionError` that says what there is, where more is asked for. `gpus` of the options left
 * out stands for 0; the GPUs are those that `findGpus` gives.
 */
export function slotsOf(options: SlotOptions, gpus: readonly Gpu[]): GpuSlot[] {
  checkOptions(options, checks);
  const { gpus: perWorker = 0, count = Array.isArray(perWorker) ? 'auto' : 1, minFreeMb } = options;
  if (perWorker === 0) return withoutGpus(count, options);
  const usable = usableOf(options, gpus);
  if (typeof perWorker !== 'number') return counted(slotsOfList(perWorker, usable, minFreeMb), count, usable);
  const fitting = usable.filter(({ totalMb }) => minFreeMb === undefined || (totalMb ?? Infinity) >= minFreeMb);
  const slots = perWorker < 1 ? parts(perWorker, fitting, minFreeMb) : wholes(perWorker, fitting, minFreeMb);
  if (slots.length === 0) throw new OptionError(`${asked(perWorker, minFreeMb)}, but ${there(usable)}.`);
  if (count !== 'auto' && count > slots.length) {
    const room = `there is room for ${slots.length} (${there(usable)})`;
    throw new OptionError(`${count} workers: ${asked(perWorker, minFreeMb)}, but ${room}. Ask for fewer workers.`);
  }
  return count === 'auto' ? slots : slots.slice(0, count);
}

const checks = {
  gpus: (value: unknown) => (Array.isArray(value) || isShare(value) ? undefined : sharesAllowed),
  include: isArray,
  avoid: isArray,
  minFreeMb: isPositive,
  count: (value: unknown) =>
    value === 'auto' || isCount(value) === undefined ? undefined : "a whole number or 'auto'",
};

const sharesAllowed =
  'a whole number of GPUs for each worker (0, 1, 2, …), a fraction that 1 is a multiple of (1/2, 1/3, 0.25, 0.1, …: a GPU is shared evenly and a fraction never taken from two), or a list';

function isShare(value: unknown): boolean {
  if (typeof value !== 'number' || !(value >= 0) || value === Infinity) return false;
  return Number.isInteger(value) || (value < 1 && isWhole(1 / value));
}

/** 0.33 is meant to be a third, and 0.3 is not. */
function isWhole(inverse: number): boolean {
  return Math.abs(inverse - Math.round(inverse)) <= 0.031 && Math.abs(1 / inverse - 1 / Math.round(inverse)) < 0.005;
}

function withoutGpus(count: number | 'auto', { minFreeMb }: SlotOptions): GpuSlot[] {
  if (minFreeMb !== undefined)
    throw new OptionError('"minFreeMb" is about GPUs, and the workers get none. Set "gpus".');
  if (count === 'auto') throw new OptionError('The workers get no GPUs, so their number does not follow from them.');
  return Array.from({ length: count }, () => cpuSlot);
}

function usableOf({ include, avoid = [] }: SlotOptions, gpus: readonly Gpu[]): Gpu[] {
  const included = new Set(
    include?.flatMap((reference) => {
      const found = matching(reference, gpus);
      if (found.length > 0) return found;
      throw new OptionError(`"include" names GPU ${reference}, which is not there: ${there(gpus)}.`);
    }) ?? gpus,
  );
  const avoided = new Set(avoid.flatMap((reference) => matching(reference, gpus)));
  return gpus.filter((gpu) => included.has(gpu) && !avoided.has(gpu));
}

function wholes(each: number, gpus: readonly Gpu[], minFreeMb: number | undefined): GpuSlot[] {
  if (each > 1 && gpus.some(({ partOf }) => partOf !== undefined)) {
    throw new OptionError(`A process can use one MIG instance only, and ${each} GPUs are asked for each worker.`);
  }
  return Array.from({ length: Math.floor(gpus.length / each) }, (_, place) => {
    const taken = gpus.slice(place * each, (place + 1) * each);
    return slotOf(
      taken.map((gpu) => ({ gpu, share: 1 })),
      minFreeMb,
    );
  });
}

/** First one worker on each GPU, then the second on each, so that fewer workers have more room. */
function parts(share: number, gpus: readonly Gpu[], minFreeMb: number | undefined): GpuSlot[] {
  const rounds = Array.from({ length: Math.round(1 / share) }, (_, round) => round);
  return rounds.flatMap((round) =>
    gpus
      .filter(({ totalMb = Infinity }) => minFreeMb === undefined || (round + 1) * minFreeMb <= totalMb)
      .map((gpu) => slotOf([{ gpu, share: 1 / rounds.length }], minFreeMb)),
  );
}

function counted(slots: readonly GpuSlot[], count: number | 'auto', gpus: readonly Gpu[]): GpuSlot[] {
  if (count === 'auto' || count === slots.length) return [...slots];
  if (count < slots.length) return slots.slice(0, count);
  throw new OptionError(`${count} workers, but "gpus" lists what ${slots.length} get (${there(gpus)}).`);
}

function asked(perWorker: number, minFreeMb: number | undefined): string {
  const many = perWorker <= 1 ? `${perWorker} GPU is` : `${perWorker} GPUs are`;
  return `${many} asked for each worker${minFreeMb === undefined ? '' : `, with ${gigabytes(minFreeMb)} GB`}`;
}

function there(gpus: readonly Gpu[]): string {
  const memory = gpus.flatMap(({ totalMb }) => (totalMb === undefined ? [] : `${gigabytes(totalMb)} GB`));
  return `there is ${listed(gpus)}${memory.length ? ` with ${[...new Set(memory)].join(', ')}` : ''} to be used`;
}
