import { autoWorkers } from '../../task/resources/auto-workers.js';
import { cpuCount } from '../../task/resources/cpus.js';
import { freeMemoryMb } from '../../task/resources/free-memory.js';
import { MemoryGrowth } from '../../task/resources/memory-growth.js';
import type { Place } from './place.js';
import type { Places } from './places.js';
import type { Resolved } from './resolved.js';
import type { SweepRun } from './sweep-run.js';

/** Who works, and from when on: all at once, or all but one only after the first task has shown what it needs. */
export class Staffing {
  readonly #spec: Resolved;
  readonly #places: Places;

  constructor(spec: Resolved, places: Places) {
    this.#spec = spec;
    this.#places = places;
  }

  /** As far as one knows before the first task. */
  get expected(): number {
    const { count } = this.#places;
    const local = count === 'auto' ? Math.max(1, cpuCount() - 1) : count;
    return local + this.#places.remoteCount;
  }

  async staff(run: SweepRun): Promise<void> {
    const { count } = this.#places;
    const local = count === 'auto' ? undefined : Array.from({ length: count }, () => this.#places.local());
    const waiting = [...(local ?? [this.#places.local()]), ...this.#places.remote()];
    if (this.#spec.canary || count === 'auto') {
      const first = waiting.shift();
      using growth = count === 'auto' && this.#isWithin ? new MemoryGrowth() : undefined;
      const end = first && (await run.tryOne(first));
      growth?.stop();
      if (this.#spec.canary && end && end.status !== 'done') {
        run.halt(`the first task, which was to show that it works, has ended as "${end.status}"`);
      }
      if (count === 'auto') waiting.push(...this.#further(run, growth ? growth.peakMb : end?.peakMemoryMb));
      run.goOn();
    }
    const free = Math.max(0, run.queue.left - run.stations.length); // more workers than tasks would be for nothing
    for (const place of waiting.slice(0, free)) run.staff(place);
  }

  /** Workers share this process, so that it grows by what a task takes. */
  get #isWithin(): boolean {
    const { kind = 'process' } = this.#spec.workers ?? {};
    return kind !== 'process';
  }

  /** Another worker on this machine. Returns its name. */
  add(run: SweepRun): string {
    const place = this.#places.another();
    run.staff(place);
    return place.name;
  }

  /** The first one is there already; its memory counts as free, since it is about to take it again. */
  #further(run: SweepRun, peakMb: number | undefined): Place[] {
    const { count, why } = autoWorkers({ cpus: cpuCount(), freeMb: freeMemoryMb(), peakMb });
    run.events.emit('note', why);
    return Array.from({ length: count - 1 }, () => this.#places.local());
  }
}
