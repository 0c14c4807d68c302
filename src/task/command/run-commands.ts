import type { CommandRecord, ErrorRecord, FailureClass } from '../record.js';
import type { Params } from '../value.js';
import type { Failure } from './classify.js';
import { checkCommandNames } from './command-names.js';
import { type Command, type RunOptions, runCommand } from './run-command.js';
import { compile } from './scrape-log.js';

/** How the commands of a task ended. */
export interface CommandsEnd {
  /** `cancelled`: by the signal. */
  readonly status: 'done' | 'failed' | 'cancelled';
  readonly class?: FailureClass;
  readonly error?: ErrorRecord;
  /** The metrics of all commands; of those that two of them give, the later one's. */
  readonly result?: Params;
  /** All of them, also those that were skipped. */
  readonly commands: readonly CommandRecord[];
}

/**
 * Runs commands one after another; the first that fails skips the rest. Never rejects for what a command does. When it
 * resolves, none of their processes is left.
 *
 * Each has a group of its own, nothing on stdin, all output of all its parts in a log of its own, and the whole
 * environment for all its parts. It may write its metrics, a JSON object, to the file `$PYW_RESULT`.
 */
export async function runCommands(commands: readonly Command[], options: RunOptions): Promise<CommandsEnd> {
  checkCommandNames(commands.map(({ name }) => name));
  for (const [name, pattern] of Object.entries(options.metrics ?? {})) compile(name, pattern);
  const records: CommandRecord[] = [];
  let failure: Failure | undefined;
  let result: Params | undefined;
  for (const command of commands) {
    if (failure || options.signal?.aborted) {
      records.push({ ...command, status: 'skipped' });
      continue;
    }
    const end = await runCommand(command, options);
    records.push(end.record);
    failure = end.failure;
    if (end.metrics) result = { ...result, ...end.metrics };
    if (end.record.status === 'done') options.onDone?.(end.record, end.metrics);
  }
  const all = { ...(result && { result }), commands: records };
  const wasEnded = options.signal?.aborted && records.some(({ status }) => status !== 'done');
  if (wasEnded) return { status: 'cancelled', ...all };
  return failure ? { status: 'failed', ...failure, ...all } : { status: 'done', ...all };
}
