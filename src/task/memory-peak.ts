import { readFileSync, writeFileSync } from 'node:fs';

const LEAST_MS = 20;
let setBackAt = Number.NEGATIVE_INFINITY;
let isSetBack = false;

/** The most memory that this process held since it was made, or a moment before. Linux keeps it, and lets it be set back. */
export class MemoryPeak {
  readonly #since = performance.now();

  constructor() {
    if (this.#since - setBackAt < LEAST_MS) return; // so short tasks that it is not worth it
    setBackAt = this.#since;
    isSetBack = setBack();
  }

  /** In megabytes; `undefined` where it cannot be known, and for what was too short to be worth a look. */
  read(): number | undefined {
    if (!isSetBack || performance.now() - this.#since < LEAST_MS) return undefined;
    try {
      const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
      return kilobytes === undefined ? undefined : Math.ceil(Number(kilobytes) / 1024);
    } catch {
      return undefined; // a container may hide it
    }
  }
}

/** Writing 5 sets the peak back to what is held now (Linux, proc(5)). */
function setBack(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    return true;
  } catch {
    return false; // read-only in this container
  }
}
