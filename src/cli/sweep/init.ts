import { dirname, relative } from 'node:path';
import { type InitForm, makeSweepFile } from '../../sweep/commands/init-files.js';
import { stripsTypes } from '../../sweep/config/import-file.js';
import { shellQuote } from '../../task/command/shell-quote.js';
import { UsageError } from '../command-line.js';
import { exitCodes } from './exit-code.js';
import type { Given } from './given.js';
import type { Terminal } from './terminal.js';
import { writing } from './writing.js';

/** Writes a sweep's file that can be run at once. Overwrites nothing. */
export async function init(given: Given, terminal: Terminal): Promise<number> {
  const forms = (['yaml', 'ts', 'js'] as const).filter((form) => given.has(form));
  if (forms.length > 1) throw new UsageError(`${forms.map((form) => `--${form}`).join(' and ')}: choose one`);
  const form: InitForm = forms[0] ?? 'yaml';
  const folder = given.args[0] ?? '.';
  const { path, isNew } = await writing(folder, () => makeSweepFile(folder, form));
  const exitCode = isNew ? exitCodes.done : exitCodes.refused;
  if (given.has('json')) terminal.printJson({ path, isNew, exitCode });
  if (!isNew) terminal.tell(`${path} is there already, and stays as it is. Name another folder: pyw-sweep init NAME.`);
  else if (!given.has('json')) {
    const place = relative('', dirname(path));
    const change = place === '' ? '' : `cd ${shellQuote(place, 'word')} && `;
    terminal.print(`${path} is made. Next: ${change}pyw-sweep plan, then pyw-sweep run.`);
    if (path.endsWith('ts'))
      terminal.print(`It needs these beside it: npm install pyworkers${stripsTypes() ? '' : ' tsx'}.`);
  }
  return exitCode;
}
