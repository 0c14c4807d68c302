import { bindToCpus, cpusOfWorker } from '../../task/resources/cpu-binding.js';
import { threadEnv } from '../../task/resources/thread-env.js';
import { TreeMemory } from '../../task/resources/tree-memory.js';
import type { SweepWorker } from './sweep-worker.js';

const EVERY_MS = 1000;
const EVERY_MS_CLOSELY = 250;

export interface SupervisionOptions {
  readonly cpus: number | undefined;
  readonly memoryMb: number | undefined;
  /** The number of workers depends on what a task takes. */
  readonly isMeasured: boolean;
  /** Which worker of this machine it is, from 0. */
  readonly place: number;
}

/** Keeps one local worker to its CPUs and its memory, and knows how much of that its tasks take. */
export class Supervision {
  readonly #options: SupervisionOptions;
  #memory: TreeMemory | undefined;
  #onExceeded: ((reason: string) => void) | undefined;

  constructor(options: SupervisionOptions) {
    this.#options = options;
  }

  /** For the worker's environment. */
  get env(): Readonly<Record<string, string>> {
    const { cpus } = this.#options;
    return cpus === undefined ? {} : threadEnv(cpus, process.env);
  }

  /** Whether a task can be ended for what it takes. */
  get hasLimit(): boolean {
    return this.#options.memoryMb !== undefined;
  }

  async begin({ process: started }: SweepWorker): Promise<void> {
    if (!started) return;
    const { cpus, memoryMb, isMeasured, place } = this.#options;
    if (cpus !== undefined) await bindToCpus(started.pid, cpusOfWorker(place, cpus));
    this.#memory = new TreeMemory(started.pid, {
      everyMs: memoryMb === undefined && !isMeasured ? EVERY_MS : EVERY_MS_CLOSELY,
      ...(memoryMb !== undefined && { limitMb: memoryMb }),
      onExceeded: (megabytes) =>
        this.#onExceeded?.(
          `its processes hold ${Math.round(megabytes)} MB, more than the ${memoryMb} MB of "memoryMb"`,
        ),
    });
  }

  /** Of all its processes at this moment; nothing where it has no process of its own on this machine. */
  get figures(): { readonly cpuPercent?: number; readonly memoryMb?: number } {
    const memory = this.#memory;
    if (!memory) return {};
    const { cpuPercent, nowMb } = memory;
    return { ...(nowMb > 0 && { memoryMb: nowMb }), ...(cpuPercent !== undefined && { cpuPercent }) };
  }

  /** A task begins. */
  watch(onExceeded: (reason: string) => void): void {
    this.#memory?.reset();
    this.#onExceeded = onExceeded;
  }

  /** The task is over: the most that was seen of all its processes, in megabytes; 0 when nobody has looked meanwhile. */
  unwatch(): number {
    this.#onExceeded = undefined;
    return Math.ceil(this.#memory?.peakMb ?? 0);
  }

  end(): void {
    this.#memory?.stop();
    this.#memory = undefined;
  }
}
