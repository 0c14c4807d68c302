import { writeSync } from 'node:fs';
import { constants } from 'node:os';
import type { SweepStatus } from '../../sweep/commands/sweep-status.js';
import { painter } from '../../sweep/view/colours.js';
import { type Line, lineText } from '../../sweep/view/line.js';
import { Outlet } from '../../sweep/view/outlet.js';
import { RESTORE, Screen } from '../../sweep/view/screen.js';
import { statusLines } from './status-lines.js';

const SOON_MS = 50;
const hint: Line = [{ text: 'Ctrl-C ends the watching; the sweep goes on.', style: 'dim' }];

/**
 * How far a sweep is, at the same place of the terminal again and again. Disposed of, the last picture stays; whichever way the
 * process ends, the terminal is as it was.
 */
export class StatusScreen implements AsyncDisposable {
  readonly #outlet = new Outlet(process.stdout);
  readonly #screen = new Screen(this.#outlet, columns());
  readonly #hasColours: boolean;
  readonly #listeners: readonly { readonly signal: NodeJS.Signals; readonly listener: () => void }[] = [
    ...(['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => {
      return { signal, listener: () => process.exit(128 + constants.signals[signal]) };
    }),
    { signal: 'SIGTSTP', listener: () => this.#goAway() },
    { signal: 'SIGCONT', listener: () => this.#screen.forget() },
  ];
  readonly #onResize = (): void => {
    this.#screen.resize(columns());
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#shown && this.show(this.#shown), SOON_MS); // once that is written
  };
  #shown: SweepStatus | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor({ hasColours }: { readonly hasColours: boolean }) {
    this.#hasColours = hasColours;
    for (const { signal, listener } of this.#listeners) process.on(signal, listener);
    process.on('exit', putInOrder);
    process.stdout.on('resize', this.#onResize);
  }

  show(status: SweepStatus): void {
    this.#shown = status;
    this.#screen.draw(this.#linesOf(status, [hint]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.stdout.off('resize', this.#onResize);
    clearTimeout(this.#timer);
    if (this.#shown) this.#screen.leave(this.#linesOf(this.#shown, []));
    await this.#outlet.end();
    for (const { signal, listener } of this.#listeners) process.off(signal, listener);
    process.off('exit', putInOrder);
  }

  /** No wider and no higher than the terminal, with room for the cursor below. */
  #linesOf(status: SweepStatus, below: readonly Line[]): string[] {
    const height = Math.max(1, (process.stdout.rows || 24) - 1 - below.length);
    const options = { columns: columns(), paint: painter(this.#hasColours) };
    return [...statusLines(status).slice(0, height), ...below].map((line) => lineText(line, options));
  }

  #goAway(): void {
    putInOrder();
    process.kill(process.pid, 'SIGSTOP');
  }
}

function columns(): number {
  return process.stdout.columns || 80;
}

/** At once, since there may be no later. */
function putInOrder(): void {
  try {
    writeSync(process.stdout.fd, RESTORE);
  } catch {
    // the terminal is gone, and needs no order
  }
}
