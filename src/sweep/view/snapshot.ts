import { cleanText } from './clean-text.js';
import { painter } from './colours.js';
import { failureLines } from './failure-lines.js';
import type { FrameOptions } from './frame.js';
import { headLines } from './head-lines.js';
import { type Line, lineText } from './line.js';
import type { ViewState } from './view-state.js';
import { workerLines } from './worker-lines.js';

const ALL = Number.POSITIVE_INFINITY;

/** All workers and all failures with all their tasks, however many lines that takes. */
export function snapshot(state: ViewState, { columns, colours, now }: Omit<FrameOptions, 'rows'>): string[] {
  const paint = painter(colours);
  const lines: Line[] = [
    ...headLines(state, { columns, now }),
    ...workerLines(state.workers, { columns, lines: ALL, now }),
  ];
  for (const failure of state.failures) {
    lines.push(...failureLines([{ ...failure, folders: [] }], 1));
    lines.push(...failure.folders.map((folder): Line => [{ text: `  ${cleanText(folder)}`, style: 'dim' }]));
  }
  return lines.map((line) => lineText(line, { columns, paint }));
}
