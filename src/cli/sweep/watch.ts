import { setTimeout as sleep } from 'node:timers/promises';
import { Recorded } from '../../sweep/commands/recorded.js';
import { type SweepStatus, statusOf } from '../../sweep/commands/sweep-status.js';
import { widthOf } from '../../sweep/results/text-width.js';
import { exitCodes } from './exit-code.js';
import type { Given } from './given.js';
import { outputFolder } from './output-folder.js';
import { statusLines } from './status-lines.js';
import type { Terminal } from './terminal.js';

const LOOK_MS = 1000;

/** Shows how far a sweep is, again and again, until nobody is at work there any more. Only looks. */
export async function watch(given: Given, terminal: Terminal): Promise<number> {
  const output = await outputFolder(given.args[0], given, terminal);
  const show = given.has('json') ? asJson(terminal) : terminal.isLive ? inPlace(terminal) : asLines(terminal);
  for (;;) {
    const status = statusOf(new Recorded(output));
    show(status);
    if (!status.isRunning || terminal.gone.aborted) return exitCodes.done;
    await sleep(LOOK_MS, undefined, { signal: terminal.gone }).catch(() => {}); // the answer is above
  }
}

type Show = (status: SweepStatus) => void;

/** One object a line, when something has changed. */
function asJson(terminal: Terminal): Show {
  return ifChanged((status) => terminal.print(JSON.stringify(status)));
}

function asLines(terminal: Terminal): Show {
  return ifChanged((status) => terminal.print(...statusLines(status, terminal.colors).slice(0, 1)));
}

/** On a terminal what was shown before is written over. */
function inPlace(terminal: Terminal): Show {
  let rows = 0;
  return (status) => {
    const lines = statusLines(status, terminal.colors);
    terminal.printBytes(rows > 0 ? `\x1b[${rows}A\x1b[J` : '');
    terminal.print(...lines);
    rows = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / terminal.width)), 0);
  };
}

function ifChanged(show: Show): Show {
  let before = '';
  return (status) => {
    const now = JSON.stringify([status.counts, status.running, status.isRunning]);
    if (now !== before) show(status);
    before = now;
  };
}
