import { CpuShare } from './cpu-share.js';
import { type ProcessRow, processTree, proportionalOf } from './process-rows.js';

const EVERY_MS = 200;
const MEGABYTE = 2 ** 20;
/** Asking for proportional sizes makes the kernel walk through all pages: at most this share of the time. */
const SHARE_OF_TIME = 0.05;

export interface TreeMemoryOptions {
  /** Milliseconds between two looks. Default: 200. */
  readonly everyMs?: number;
  /** Does not count the process itself, only its descendants. */
  readonly withoutRoot?: boolean;
  readonly limitMb?: number;
  /** Called once, at the first look that finds more than the limit. */
  onExceeded?(megabytes: number): void;
}

/**
 * Watches the memory of a process and all its descendants, also of those that have lost their parent since they were
 * seen; and how busy they are. Counted is what is resident: memory that several share is divided among them (PSS) where the system tells, and
 * otherwise counted for each. What comes and goes between two looks is not seen.
 */
export class TreeMemory {
  readonly #pid: number;
  readonly #options: TreeMemoryOptions;
  readonly #timer: NodeJS.Timeout;
  #seen: ReadonlyMap<number, string> = new Map();
  readonly #cpu = new CpuShare();
  #peak = 0;
  #now = 0;
  #mayAskAt = 0;
  /** Shares to residents, as last asked. */
  #ratio = 1;
  #isTold = false;
  #looking: Promise<number> | undefined;
  #isStopped = false;

  constructor(pid: number, options: TreeMemoryOptions = {}) {
    this.#pid = pid;
    this.#options = options;
    this.#timer = setInterval(() => void this.look(), options.everyMs ?? EVERY_MS).unref();
    void this.look();
  }

  /** The most that was seen, in megabytes. */
  get peakMb(): number {
    return this.#peak / MEGABYTE;
  }

  /** What was seen last, in megabytes. */
  get nowMb(): number {
    return this.#now / MEGABYTE;
  }

  /** In percent of one CPU, over the last second or so; `undefined` where that is not known. */
  get cpuPercent(): number | undefined {
    return this.#cpu.percent;
  }

  /** Looks now. Never rejects: a process that is gone counts nothing. Gives megabytes. */
  look(): Promise<number> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** Forgets the peak: what follows belongs to another task. */
  reset(): void {
    this.#peak = 0;
    this.#isTold = false;
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  async #look(): Promise<number> {
    const { limitMb = Number.POSITIVE_INFINITY, withoutRoot = false } = this.#options;
    const tree = await processTree(this.#pid, this.#seen);
    this.#seen = new Map(tree.map(({ pid, startedAt }) => [pid, startedAt]));
    const rows = tree.filter(({ pid }) => !withoutRoot || pid !== this.#pid);
    const cpuMs = rows.map((row) => row.cpuMs);
    if (cpuMs.every((ms) => ms !== undefined)) this.#cpu.tell(cpuMs.reduce((sum, ms) => sum + ms, 0));
    const total = await this.#sizeOf(rows, limitMb * MEGABYTE);
    if (this.#isStopped) return this.nowMb;
    this.#now = total;
    if (total > limitMb * MEGABYTE && !this.#isTold) {
      this.#isTold = true;
      this.#options.onExceeded?.(this.nowMb);
    }
    return this.nowMb;
  }

  /** The kernel is asked for shares only where they can make a difference; in between the last ones give an estimate. */
  async #sizeOf(rows: readonly ProcessRow[], limit: number): Promise<number> {
    const resident = rows.reduce((sum, row) => sum + row.resident, 0);
    const isOver = resident > limit && !this.#isTold;
    const isNewPeak = resident > this.#peak && performance.now() >= this.#mayAskAt;
    if (isOver || isNewPeak) {
      const began = performance.now();
      const shares = await Promise.all(rows.map(proportionalOf));
      const total = shares.reduce((sum, share) => sum + share, 0);
      const took = performance.now() - began;
      this.#mayAskAt = performance.now() + took / SHARE_OF_TIME;
      this.#ratio = resident > 0 ? Math.min(1, total / resident) : 1;
      this.#peak = Math.max(this.#peak, resident * this.#ratio); // never from an estimate: forks would double it
    }
    return resident * this.#ratio;
  }
}
