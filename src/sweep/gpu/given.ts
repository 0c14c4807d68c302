import { isRecord } from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';
import type { Gpu } from './gpu.js';
import { byReference } from './reference.js';

/** An index, a UUID, or more that is known of it. */
export type GivenDevice =
  | number
  | string
  | {
      readonly index: number;
      readonly uuid?: string;
      readonly name?: string;
      readonly vendor?: 'nvidia' | 'amd';
      readonly totalMb?: number;
    };

/** GPUs as they were listed, completed by what was found of them. */
export function givenGpus(devices: readonly GivenDevice[], found: readonly Gpu[]): Gpu[] {
  const gpus = devices.map((device, place) => gpuOf(device, { place, found }));
  const twice = gpus.find(({ id }, place) => gpus.findIndex((other) => other.id === id) !== place);
  if (twice) throw new OptionError(`GPU ${twice.id} is listed twice under "devices". List each GPU once.`);
  return gpus;
}

function gpuOf(device: GivenDevice, { place, found }: { place: number; found: readonly Gpu[] }): Gpu {
  if (isRecord(device)) return described(device, found);
  const known = byReference(device, found);
  if (known) return known;
  if (typeof device === 'number' && Number.isInteger(device) && device >= 0) {
    return { id: String(device), index: device, vendor: 'nvidia', name: '', token: String(device) };
  }
  if (typeof device === 'string' && /^\d+$/.test(device)) return gpuOf(Number(device), { place, found });
  if (typeof device === 'string' && /^(GPU|MIG)-\S+$/.test(device)) {
    return { id: device, index: place, vendor: 'nvidia', name: '', uuid: device, token: device };
  }
  throw new OptionError(
    `"devices" lists GPUs by index or UUID, or as { index, uuid, name, vendor, totalMb }, not ${JSON.stringify(device)}.`,
  );
}

function described(device: Exclude<GivenDevice, number | string>, found: readonly Gpu[]): Gpu {
  const { index, uuid, name, vendor, totalMb } = device;
  if (!Number.isInteger(index) || index < 0) {
    throw new OptionError(`A device needs an "index", a whole number from 0, not ${JSON.stringify(index)}.`);
  }
  const known = byReference(uuid ?? index, found);
  const base: Gpu = known ?? { id: String(index), index, vendor: 'nvidia', name: '', token: String(index) };
  return {
    ...base,
    ...(uuid === undefined ? {} : { uuid }),
    ...(name === undefined ? {} : { name }),
    ...(vendor === undefined ? {} : { vendor }),
    ...(totalMb === undefined ? {} : { totalMb }),
  };
}
