const WINDOW_MS = 900; // ticks are coarse: over less time they tell little

/** How busy something is, by how much processor time it has had altogether, told now and then. */
export class CpuShare {
  #from: { readonly at: number; readonly cpuMs: number } | undefined;
  #percent: number | undefined;

  /** Of one CPU; `undefined` before it is known. */
  get percent(): number | undefined {
    return this.#percent;
  }

  tell(cpuMs: number, at = performance.now()): void {
    if (this.#from && at - this.#from.at < WINDOW_MS) return;
    // It may seem to have had less than before: of processes that nobody waits for nothing is left.
    if (this.#from) this.#percent = Math.max(0, (100 * (cpuMs - this.#from.cpuMs)) / (at - this.#from.at));
    this.#from = { at, cpuMs };
  }
}
