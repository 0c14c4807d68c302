/** How many workers, and how that number came about, as a sentence. */
export interface AutoWorkers {
  readonly count: number;
  readonly why: string;
}

const MEMORY_SHARE = 0.8;

/**
 * One CPU is left to the rest of the machine, and a fifth of the free memory. `peakMb`: what one task has been seen to
 * take; without it memory sets no limit.
 */
export function autoWorkers(seen: {
  readonly cpus: number;
  readonly freeMb: number;
  readonly peakMb?: number | undefined;
}): AutoWorkers {
  const { cpus, freeMb, peakMb } = seen;
  const byCpus = Math.max(1, cpus - 1);
  const ofCpus = cpus === 1 ? 'there is one CPU' : `${cpus} CPUs, of which one is left free`;
  if (peakMb === undefined || !(peakMb > 0)) {
    return { count: byCpus, why: `${workers(byCpus)}: ${ofCpus}; what a task takes of memory is not known.` };
  }
  const byMemory = Math.floor((MEMORY_SHARE * freeMb) / peakMb);
  const memory = `80 % of ${round(freeMb)} MB free memory, at ${round(peakMb)} MB a task`;
  if (byMemory < 1)
    return { count: 1, why: `1 worker: the memory is scarce (${memory}, is enough for less than one).` };
  if (byMemory < byCpus) return { count: byMemory, why: `${workers(byMemory)}: ${memory}; ${ofCpus}.` };
  return { count: byCpus, why: `${workers(byCpus)}: ${ofCpus}; ${memory}, would do for ${byMemory}.` };
}

const workers = (count: number): string => (count === 1 ? '1 worker' : `${count} workers`);
const round = (megabytes: number): string => String(Math.round(megabytes));
