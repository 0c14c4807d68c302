import { cleanText } from './clean-text.js';
import type { Line } from './line.js';
import type { ViewState } from './view-state.js';

const long = [
  's  show: all workers and all failures, once, above',
  'h  help: these lines, or not',
  'q  quit: end what runs, begin nothing further; again: at once',
  '+  one more worker',
  '-  one worker less, after its task',
  'r  retry what has failed in this run',
];

/** Which keys there are, and what the last one has done. */
export function keyLines({ keys, answer, isOver }: ViewState): Line[] {
  if (!keys || isOver) return [];
  const lines: Line[] = answer === undefined ? [] : [[{ text: cleanText(answer), style: 'yellow' }]];
  if (keys === 'long') return [...lines, ...long.map((text): Line => [{ text }])];
  return [...lines, [{ text: 's show  h help  q quit  + - workers  r retry failed', style: 'dim' }]];
}
