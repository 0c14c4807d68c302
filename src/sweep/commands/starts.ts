import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isStrings } from '../../base/checks.js';
import { Layout } from '../ledger/layout.js';
import { codeOf } from '../ledger/ledger-error.js';
import { recordOf } from '../ledger/whole-file.js';

/** How a sweep was started once. */
export interface RecordedStart {
  readonly driver: string;
  readonly startedAt: string;
  readonly argv: readonly string[];
  /** The working directory. */
  readonly folder: string;
  /** How many tasks were planned; not known of a search. */
  readonly tasks: number | undefined;
  /** A copy of its file. */
  readonly configuration: string | undefined;
}

/** All starts that are recorded in an output folder, the last one first. What cannot be read is left out. */
export function startsIn(output: string): readonly RecordedStart[] {
  const { starts } = new Layout(output);
  const names = namesIn(starts).filter((name) => name.endsWith('.json'));
  return names.flatMap((name) => startIn(starts, name) ?? []).sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

function startIn(folder: string, name: string): RecordedStart | undefined {
  const record = recordOf(join(folder, name));
  const { driver, startedAt, argv, folder: cwd, tasks, configuration } = record ?? {};
  if (typeof driver !== 'string' || typeof startedAt !== 'string' || typeof cwd !== 'string') return undefined;
  if (isStrings(argv) !== undefined) return undefined;
  return {
    driver,
    startedAt,
    argv: argv as readonly string[], // just looked at
    folder: cwd,
    tasks: typeof tasks === 'number' ? tasks : undefined,
    configuration: typeof configuration === 'string' ? join(folder, configuration) : undefined,
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
