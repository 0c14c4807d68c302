import { OptionError } from '../../base/errors.js';
import type { Gpu } from './gpu.js';

/** How a GPU is named in options: by index, by UUID or the beginning of one, a MIG instance also as `0:1`. */
export type GpuReference = number | string;

/** The one that is meant; `undefined` where there is none, or more than one. */
export function byReference(reference: GpuReference, gpus: readonly Gpu[]): Gpu | undefined {
  const text = String(reference).trim();
  const byId = gpus.filter(({ id }) => id === text);
  if (byId.length > 0 || !/^(GPU|MIG)-./.test(text)) return one(byId);
  return one(gpus.filter(({ uuid }) => uuid === text)) ?? one(gpus.filter(({ uuid }) => uuid?.startsWith(text)));
}

/** All that are meant: as above, the MIG instances of a GPU by its index, and by name where it has a `*` or `?`. */
export function matching(reference: GpuReference, gpus: readonly Gpu[]): readonly Gpu[] {
  const text = checked(reference);
  const found = byReference(text, gpus);
  if (found) return [found];
  if (/[*?]/.test(text)) return gpus.filter(({ name }) => patternOf(text).test(name));
  return gpus.filter(({ partOf, index }) => partOf !== undefined && (String(index) === text || partOf === text));
}

function checked(reference: unknown): string {
  if (typeof reference === 'number' && Number.isInteger(reference) && reference >= 0) return String(reference);
  const text = typeof reference === 'string' ? reference.trim() : '';
  if (/^\d+(:\d+)?$|^(GPU|MIG)-.|[*?]/.test(text)) return text;
  throw new OptionError(
    `A GPU is named by its index (0), its UUID ("GPU-…", "MIG-…") or by a pattern for its name ("*A100*"), not by ${JSON.stringify(reference)}.`,
  );
}

function patternOf(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i');
}

function one(gpus: readonly Gpu[]): Gpu | undefined {
  return gpus.length === 1 ? gpus[0] : undefined;
}
