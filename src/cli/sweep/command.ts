import type { Given } from './given.js';
import type { Terminal } from './terminal.js';

/** A flag of a command. */
export interface Flag {
  /** `-o, --output <folder>`; `<slots...>` takes several words. */
  readonly flags: string;
  readonly about: string;
  readonly choices?: readonly string[];
  /** May be given several times: each time takes one more value. */
  readonly isRepeated?: boolean;
  /** May be given several times, which makes it stronger. */
  readonly isCounted?: boolean;
}

/** One command of `pyw-sweep`. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** `[file]` */
  readonly args?: string;
  /** What its argument can be, where that is one of a few words. */
  readonly words?: readonly string[];
  /** Whether a command line may follow behind `--`. */
  readonly takesRest?: boolean;
  readonly flags: readonly Flag[];
  /** Printed behind the flags. */
  readonly more?: string;
  /** Resolves with the exit code. Loaded when it is needed. `all`: for commands that speak of others. */
  readonly run: (given: Given, terminal: Terminal, all: readonly Command[]) => Promise<number>;
}
