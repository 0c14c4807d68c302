import { UsageError } from '../../command-line.js';
import type { Command } from '../command.js';
import { exitCodes } from '../exit-code.js';
import type { Given } from '../given.js';
import type { Terminal } from '../terminal.js';
import { bashScript } from './bash-script.js';
import { fishScript } from './fish-script.js';
import { zshScript } from './zsh-script.js';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** Prints a script that makes a shell complete commands, flags and the values of flags. */
export async function completion(given: Given, terminal: Terminal, all: readonly Command[]): Promise<number> {
  const [shell] = given.args;
  const script = Object.entries(scripts).find(([name]) => name === shell)?.[1];
  if (!script) throw new UsageError(`completion is there for bash, zsh and fish, not for "${shell}"`);
  terminal.printBytes(script(all));
  return exitCodes.done;
}
