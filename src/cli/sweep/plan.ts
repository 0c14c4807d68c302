import { planReport } from '../../sweep/commands/plan-report.js';
import { taskTeller } from '../../sweep/commands/planned-task.js';
import type { Sweep } from '../../sweep/sweep.js';
import { UsageError } from '../command-line.js';
import { exitCodes } from './exit-code.js';
import type { Given } from './given.js';
import { planLines } from './plan-lines.js';
import { sweepOf } from './specification.js';
import type { Terminal } from './terminal.js';

/** Shows what a run would do. It leaves no trace. */
export async function plan(given: Given, terminal: Terminal): Promise<number> {
  const sweep = await sweepOf(given, { terminal });
  if (given.has('commands')) return printCommands(sweep, given, terminal);
  const report = await planReport(sweep, {
    first: given.wholeNumber('first') ?? 3,
    last: given.wholeNumber('last') ?? 1,
  });
  if (given.has('json')) terminal.printJson(report);
  else terminal.print(...planLines(report, terminal));
  const { changes, heldBy } = report.resume;
  return changes.length > 0 || heldBy ? exitCodes.refused : exitCodes.done;
}

/** Of all tasks, one after the other: there may be very many. */
function printCommands({ spec, plan }: Sweep, given: Given, terminal: Terminal): number {
  if (spec.commands === undefined) throw new UsageError('--commands: this sweep runs a function, not commands');
  const tell = taskTeller(spec);
  for (const task of plan ?? []) {
    const planned = tell(task);
    if (given.has('json')) terminal.print(JSON.stringify(planned));
    else terminal.print(...planned.commands.map(({ line }) => line));
    if (terminal.gone.aborted) break;
  }
  return exitCodes.done;
}
