import { OptionError } from '../../base/errors.js';
import { lastRunIn } from '../../sweep/commands/last-run.js';
import { Recorded } from '../../sweep/commands/recorded.js';
import { type RetryWanted, retryIds } from '../../sweep/commands/retry-ids.js';
import { nothingDone } from '../../sweep/commands/run-summary.js';
import type { Sweep } from '../../sweep/sweep.js';
import { UsageError } from '../command-line.js';
import type { Command } from './command.js';
import { exitCodes } from './exit-code.js';
import type { Given } from './given.js';
import { outputFolder } from './output-folder.js';
import { parsed } from './parser.js';
import { placeOf } from './place.js';
import { runToEnd } from './run.js';
import { sweepOf } from './specification.js';
import type { Terminal } from './terminal.js';

/** Runs again what has failed, as the last run was given. */
export async function retry(given: Given, terminal: Terminal, all: readonly Command[]): Promise<number> {
  if (given.has('failed') && given.has('missing')) throw new UsageError('--failed or --missing, not both');
  const recorded = new Recorded(await outputFolder(given.args[0], given, terminal));
  const { output } = recorded;
  const { plan } = await sweepAgain(given, { output, all });
  const known = plan ? Array.from({ length: plan.size }, (_, index) => plan.id(index)) : recorded.records.ids(); // of a search
  const wanted: RetryWanted = { isAll: given.has('missing'), classes: given.list('class') };
  const ids = retryIds(recorded, known, wanted);
  if (ids.length === 0) {
    if (given.has('json')) terminal.printJson({ event: 'summary', ...nothingDone(output), exitCode: exitCodes.done });
    terminal.tell(
      `Nothing to try again in ${placeOf(output)}${wanted.isAll ? '' : ': no task has failed (--missing takes all that are not done)'}.`,
    );
    return exitCodes.done;
  }
  terminal.tell(`${ids.length} ${ids.length === 1 ? 'task' : 'tasks'} to try again in ${placeOf(output)}.`);
  return runToEnd(await sweepAgain(given, { output, all, ids }), given, terminal);
}

interface Again {
  readonly output: string;
  readonly all: readonly Command[];
  readonly ids?: readonly string[];
}

/** By a file that is named, else by the command line that is recorded, where that was given. */
async function sweepAgain(given: Given, { output, all, ids }: Again): Promise<Sweep> {
  const more = { output, existing: 'skip' as const, ...(ids && { ids }) };
  if (given.has('yaml')) return sweepOf(given.withoutArgs(), { more, isRun: true });
  const { args, folder } = lastRunIn(output);
  const again = parsed(['run', ...args], all, { version: '', more: '' });
  if (!('given' in again)) throw new Error(`What is recorded cannot be run again: pyw-sweep run ${args.join(' ')}`);
  try {
    process.chdir(folder);
  } catch {
    throw new OptionError(
      `The sweep was run in ${folder}, which is not there any more. Name its file: pyw-sweep retry -y FILE.`,
    );
  }
  return sweepOf(again.given, { more, isRun: true });
}
