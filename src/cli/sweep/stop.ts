import { type StoppedDriver, stopDrivers } from '../../sweep/commands/stop-drivers.js';
import { exitCodes } from './exit-code.js';
import type { Given } from './given.js';
import { outputFolder } from './output-folder.js';
import type { Terminal } from './terminal.js';

/** Stops whoever runs the sweep, and waits until it is gone. */
export async function stop(given: Given, terminal: Terminal): Promise<number> {
  const output = await outputFolder(given.args[0], given, terminal);
  const now = given.has('now');
  const waitMs = given.has('no-wait') ? 0 : (given.ms('wait') ?? Number.POSITIVE_INFINITY);
  const drivers = await stopDrivers(output, {
    now,
    waitMs,
    signal: terminal.gone,
    onAsked(asked) {
      const who = asked.map(({ pid }) => pid).join(', ');
      const how = now
        ? 'running tasks are ended'
        : 'no further task is begun, and running ones are awaited (--now ends them)';
      terminal.tell(`Process ${who} was told to stop: ${how}.`);
    },
  });
  const isStopped = drivers.every(({ outcome }) => outcome === 'stopped' || (waitMs === 0 && outcome === 'asked'));
  const exitCode = isStopped ? exitCodes.done : exitCodes.missing;
  if (given.has('json')) terminal.printJson({ output, drivers, exitCode });
  else if (drivers.length === 0) terminal.print(`Nothing is at work in ${output}.`);
  else terminal.print(...drivers.map(lineOf));
  return exitCode;
}

function lineOf({ pid, host, outcome }: StoppedDriver): string {
  switch (outcome) {
    case 'stopped':
      return `Process ${pid} has ended.`;
    case 'asked':
      return `Process ${pid} was told to stop, and has not ended yet.`;
    case 'elsewhere':
      return `Process ${pid} runs on ${host}: stop it there.`;
    case 'not-allowed':
      return `Process ${pid} belongs to another user: ask that user to stop it.`;
    default:
      return outcome satisfies never;
  }
}
