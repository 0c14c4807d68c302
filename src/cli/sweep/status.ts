import { Recorded } from '../../sweep/commands/recorded.js';
import { statusOf } from '../../sweep/commands/sweep-status.js';
import { exitCodes } from './exit-code.js';
import type { Given } from './given.js';
import { outputFolder } from './output-folder.js';
import { statusTexts } from './status-lines.js';
import type { Terminal } from './terminal.js';

export async function status(given: Given, terminal: Terminal): Promise<number> {
  const recorded = new Recorded(await outputFolder(given.args[0], given, terminal));
  const found = statusOf(recorded);
  if (given.has('json')) terminal.printJson(found);
  else terminal.print(...statusTexts(found, terminal.colors));
  return exitCodes.done;
}
