import { runSummary } from '../../sweep/commands/run-summary.js';
import type { SweepResults } from '../../sweep/results/sweep-results.js';
import type { Sweep } from '../../sweep/sweep.js';
import { watchSweep } from '../../sweep/view/watch-sweep.js';
import { exitCodes } from './exit-code.js';
import type { Given } from './given.js';
import { planNotes } from './plan-notes.js';
import { sweepOf } from './specification.js';
import { StopSignals } from './stop-signals.js';
import { summaryLines } from './summary-lines.js';
import type { Terminal } from './terminal.js';

export async function run(given: Given, terminal: Terminal): Promise<number> {
  if (given.has('dry-run')) return (await import('./plan.js')).plan(given, terminal);
  const sweep = await sweepOf(given, { isRun: true, terminal });
  terminal.tell(...planNotes(sweep).map(terminal.errorColors.yellow));
  return runToEnd(sweep, given, terminal);
}

/** Runs a sweep, shows how it goes, and tells what came of it. Resolves with the exit code. */
export async function runToEnd(sweep: Sweep, given: Given, terminal: Terminal): Promise<number> {
  const from = performance.now();
  using signals = new StopSignals(sweep);
  const results = await shown(sweep, given, signals);
  const summary = runSummary(sweep, results, { ms: performance.now() - from });
  const isComplete = summary.missing.every(({ reason }) => reason === 'stopped'); // by a rule, on purpose
  const exitCode = isComplete ? exitCodes.done : (signals.exitCode ?? exitCodes.missing);
  if (given.has('json')) terminal.print(JSON.stringify({ t: Date.now(), event: 'summary', ...summary, exitCode }));
  else terminal.tell(...summaryLines(summary, terminal.errorColors));
  return exitCode;
}

async function shown(sweep: Sweep, given: Given, signals: StopSignals): Promise<SweepResults> {
  const isJson = given.has('json');
  await using watch = watchSweep(sweep, {
    json: isJson,
    ...(isJson && { output: process.stdout }),
    verbose: Math.min(3, 1 + given.count('verbose')) as 1 | 2 | 3, // a number between these
    onQuit: () => signals.stop(),
  });
  signals.tellBy((text) => watch.say(text));
  return await sweep.run({ quiet: true });
}
