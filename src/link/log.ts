/** What happens on a server, for people and programs. */
export interface LogEntry {
  readonly level: 'info' | 'warn';
  readonly event: string;
  readonly [detail: string]: unknown;
}

export type Log = (entry: LogEntry) => void;

const EVERY_MS = 10_000;
const REASONS_MAX = 100;

/** Passes a repeated entry on only now and then, with how often it was held back: a flood of bad clients is one line. */
export class QuietLog {
  readonly #log: Log;
  readonly #seen = new Map<string, { at: number; heldBack: number }>();

  constructor(log: Log) {
    this.#log = log;
  }

  write(entry: LogEntry, reason: string): void {
    const seen = this.#seen.get(reason);
    const now = performance.now();
    if (seen && now - seen.at < EVERY_MS) {
      seen.heldBack += 1;
      return;
    }
    if (this.#seen.size >= REASONS_MAX) this.#seen.clear();
    this.#seen.set(reason, { at: now, heldBack: 0 });
    this.#log(seen && seen.heldBack > 0 ? { ...entry, timesBefore: seen.heldBack } : entry);
  }
}
