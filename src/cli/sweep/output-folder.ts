import { findSweepFile } from '../../sweep/config/find-sweep-file.js';
import { loadSweepFile } from '../../sweep/config/load-sweep-file.js';
import type { Given } from './given.js';
import type { Terminal } from './terminal.js';

/** The output folder that is meant: named, else of the environment, else that of the sweep file here, else `sweep-output`. */
export async function outputFolder(named: string | undefined, given: Given, terminal: Terminal): Promise<string> {
  const output = named ?? given.text('output') ?? process.env.PYW_OUTPUT;
  if (output) return output;
  const path = findSweepFile(process.cwd());
  if (path === undefined) return 'sweep-output';
  try {
    return (await loadSweepFile(path)).spec.output ?? 'sweep-output';
  } catch (error) {
    terminal.tell(
      `${path} cannot be read, so sweep-output is taken for the output folder: ${(error as Error).message}`,
    );
    return 'sweep-output';
  }
}
