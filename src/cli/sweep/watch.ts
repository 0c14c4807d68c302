import { setTimeout as sleep } from 'node:timers/promises';
import { Recorded } from '../../sweep/commands/recorded.js';
import { type SweepStatus, statusOf } from '../../sweep/commands/sweep-status.js';
import { exitCodes } from './exit-code.js';
import type { Given } from './given.js';
import { outputFolder } from './output-folder.js';
import { statusTexts } from './status-lines.js';
import { StatusScreen } from './status-screen.js';
import type { Terminal } from './terminal.js';

const LOOK_MS = 1000;

/** Shows how far a sweep is, again and again, until nobody is at work there any more. Only looks. */
export async function watch(given: Given, terminal: Terminal): Promise<number> {
  const output = await outputFolder(given.args[0], given, terminal);
  const first = statusOf(new Recorded(output)); // or it is said why there is none
  if (given.has('json')) return untilOver(output, terminal, asJson(terminal));
  if (!terminal.isLive || process.env.TERM === 'dumb' || !first.isRunning) {
    return untilOver(output, terminal, asLines(terminal));
  }
  await using screen = new StatusScreen({ hasColours: terminal.colors.isColorSupported });
  return await untilOver(output, terminal, (status) => screen.show(status));
}

type Show = (status: SweepStatus) => void;

async function untilOver(output: string, terminal: Terminal, show: Show): Promise<number> {
  for (;;) {
    const status = statusOf(new Recorded(output));
    show(status);
    if (!status.isRunning || terminal.gone.aborted) return exitCodes.done;
    await sleep(LOOK_MS, undefined, { signal: terminal.gone }).catch(() => {}); // the answer is above
  }
}

/** One object a line, when something has changed. */
function asJson(terminal: Terminal): Show {
  return ifChanged((status) => terminal.print(JSON.stringify(status)));
}

/** Once it is over, all there is to say. */
function asLines(terminal: Terminal): Show {
  return ifChanged((status) => {
    const texts = statusTexts(status, terminal.colors);
    terminal.print(...(status.isRunning ? texts.slice(0, 1) : texts));
  });
}

function ifChanged(show: Show): Show {
  let before = '';
  return (status) => {
    const now = JSON.stringify([status.counts, status.running, status.isRunning]);
    if (now !== before) show(status);
    before = now;
  };
}
