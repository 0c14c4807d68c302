import { OptionError } from '../../base/errors.js';
import { type RecordedStart, startsIn } from './starts.js';

/** The command line of a run that can be given again: what stood behind `pyw-sweep run`. */
export interface LastRun {
  readonly args: readonly string[];
  /** Where it was given. */
  readonly folder: string;
}

/** The last time that a sweep was run by this command. Throws where it never was, or not all of it is known. */
export function lastRunIn(output: string): LastRun {
  const starts = startsIn(output);
  const found = starts.find(isRun);
  if (!found) {
    const [last] = starts;
    const how = last ? ` It was run by: ${last.argv.slice(1).join(' ')} (in ${last.folder}). Run that again.` : '';
    throw new OptionError(
      `How the sweep in ${output} was run is not recorded as a command of pyw-sweep.${how} Or name its file: pyw-sweep retry -y FILE.`,
    );
  }
  const args = found.argv.slice(found.argv.indexOf('run') + 1);
  if (args.includes('***') || args.some((word) => word.endsWith('=***'))) {
    throw new OptionError(
      `The sweep in ${output} was run with a secret on its command line, which is not recorded. Give that command again: pyw-sweep run.`,
    );
  }
  return { args, folder: found.folder };
}

function isRun({ argv }: RecordedStart): boolean {
  const [, program = '', command] = argv;
  return /(^|[\\/])pyw-sweep(\.js)?$/.test(program) && command === 'run';
}
