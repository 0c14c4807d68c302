import { isPositive, isRecord } from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';
import { gigabytes } from './gigabytes.js';
import { type Gpu, listed } from './gpu.js';
import { byReference, type GpuReference } from './reference.js';
import { cpuSlot, type GpuSlot, slotOf } from './slot.js';

/** What one worker gets: an index, a UUID, several of them with commas, or `{ gpus, share }` to say how much of each. */
export type SlotEntry = GpuReference | { readonly gpus: GpuReference; readonly share?: number };

interface Wish {
  readonly gpus: readonly Gpu[];
  readonly share?: number;
}

/** A slot for each entry. Entries that name the same GPU share it evenly, after those that say how much they want. */
export function slotsOfList(entries: readonly SlotEntry[], gpus: readonly Gpu[], minFreeMb?: number): GpuSlot[] {
  if (entries.length === 0) throw new OptionError('"gpus" is an empty list: list what each worker gets.');
  const wishes = entries.map((entry) => wishOf(entry, gpus));
  return wishes.map((wish) => {
    if (wish.gpus.length === 0) return cpuSlot;
    for (const gpu of wish.gpus) checkMemory(gpu, minFreeMb);
    return slotOf(
      wish.gpus.map((gpu) => ({ gpu, share: shareOf(gpu, wish, wishes) })),
      minFreeMb,
    );
  });
}

function wishOf(entry: SlotEntry, gpus: readonly Gpu[]): Wish {
  const isDetailed = isRecord(entry);
  const share = isDetailed ? entry.share : undefined;
  if (share !== undefined && (isPositive(share) || share > 1)) {
    throw new OptionError(`The "share" of a GPU is a number above 0 and up to 1, not ${share}.`);
  }
  // A record is the second form of an entry; what else was given is checked below.
  const text = String(isDetailed ? (entry as { gpus: unknown }).gpus : entry).trim();
  const names = text === '' ? [] : text.split(',').map((name) => name.trim());
  const named = names.map((name) => gpuOf(name, gpus));
  if (new Set(named).size < named.length) throw new OptionError(`One worker gets the same GPU twice: "${text}".`);
  if (named.length > 1 && named.some(({ partOf }) => partOf !== undefined)) {
    throw new OptionError(`A process can use one MIG instance only, and one worker gets "${text}".`);
  }
  return { gpus: named, ...(share === undefined ? {} : { share }) };
}

function gpuOf(name: string, gpus: readonly Gpu[]): Gpu {
  const gpu = byReference(name, gpus);
  if (gpu) return gpu;
  throw new OptionError(`"gpus" lists GPU ${name || '""'}, which is not there: there is ${listed(gpus)} to be used.`);
}

function shareOf(gpu: Gpu, wish: Wish, wishes: readonly Wish[]): number {
  const here = wishes.filter((wish) => wish.gpus.includes(gpu));
  const said = here.reduce((sum, { share = 0 }) => sum + share, 0);
  const unsaid = here.filter(({ share }) => share === undefined).length;
  const rest = (1 - said) / Math.max(1, unsaid);
  if (rest < -1e-9 || (unsaid > 0 && rest < 1e-9)) {
    throw new OptionError(
      `The shares of GPU ${gpu.id} add up to ${said}${unsaid > 0 ? ', and more workers are to have it' : ''}. There is 1 to share.`,
    );
  }
  return wish.share ?? rest;
}

function checkMemory({ id, totalMb }: Gpu, minFreeMb = 0): void {
  if (totalMb === undefined || totalMb >= minFreeMb) return;
  throw new OptionError(`GPU ${id} has ${gigabytes(totalMb)} GB in all, and ${gigabytes(minFreeMb)} GB are asked for.`);
}
