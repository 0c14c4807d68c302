import { painter } from './colours.js';
import { failureLines } from './failure-lines.js';
import { headLines } from './head-lines.js';
import { keyLines } from './key-lines.js';
import { lineText } from './line.js';
import type { ViewState } from './view-state.js';
import { workerLines } from './worker-lines.js';

export interface FrameOptions {
  readonly columns: number;
  /** Of the terminal: a frame has one line less, for the cursor. */
  readonly rows: number;
  readonly colours: boolean;
  readonly now: number;
}

/** What a terminal of that size shows of a sweep: never wider, never higher. Pure. */
export function frame(state: ViewState, { columns, rows, colours, now }: FrameOptions): string[] {
  const height = Math.max(1, rows - 1);
  const head = headLines(state, { columns, now }).slice(0, height);
  const keys = keyLines(state).slice(0, Math.max(0, height - head.length - 2));
  const room = height - head.length - keys.length;
  // Failures may have what workers leave, and a third of the room in any case.
  const least = Math.floor(room / 3);
  const workersWanted = state.isOver ? 0 : state.workers.length + 1;
  const failures = failureLines(state.failures, Math.max(least, room - workersWanted));
  const workers = state.isOver ? [] : workerLines(state.workers, { columns, lines: room - failures.length, now });
  const paint = painter(colours);
  return [...head, ...workers, ...failures, ...keys].map((line) => lineText(line, { columns, paint }));
}
