import { clock, clockRange, rate } from './amounts.js';
import { cleanText } from './clean-text.js';
import type { Line, Piece } from './line.js';
import type { ViewState } from './view-state.js';

const BAR_MAX = 60;

/** How far it is: a bar, the counts, the times. */
export function headLines(
  state: ViewState,
  { columns, now }: { readonly columns: number; readonly now: number },
): Line[] {
  const { counters, title, halted } = state;
  const name: Piece = { text: cleanText(title), style: 'bold' };
  if (!counters) return [[name, { text: ': looks at what there is to do' }]];
  const lines: Line[] = [barLine(state, columns), countLine(state), timeLine(state, now)];
  if (columns >= 30) lines.unshift([name]);
  if (halted !== undefined) lines.push([{ text: `no further task is begun: ${cleanText(halted)}`, style: 'yellow' }]);
  return lines;
}

/** `[#####-----]  50%  20 of 40` */
function barLine({ counters, isSearch }: ViewState, columns: number): Line {
  const { total = 0, skipped = 0, finished = 0, cancelled = 0 } = counters ?? {};
  const over = skipped + finished - cancelled; // these are still to be done, another time
  const share = total === 0 ? 1 : Math.min(1, over / total);
  const text = isSearch
    ? `  ${over} of ${total} so far`
    : `  ${String(Math.floor(100 * share)).padStart(3)}%  ${over} of ${total}`;
  const width = Math.min(BAR_MAX, columns - text.length - 2);
  if (width < 4 || isSearch) return [{ text: text.trim() }];
  const filled = Math.floor(share * width);
  return [
    { text: '[' },
    { text: '#'.repeat(filled), style: 'green' },
    { text: '-'.repeat(width - filled), style: 'dim' },
    { text: ']' },
    { text },
  ];
}

function countLine({ counters }: ViewState): Line {
  if (!counters) return [];
  const { skipped, done, failures, stopped, cancelled, active, retried } = counters;
  const pieces: Piece[] = [{ text: `${done} done`, style: 'green' }];
  const add = (count: number, what: string, style?: Piece['style']): void => {
    if (count > 0) pieces.push({ text: ', ' }, { text: `${count} ${what}`, ...(style && { style }) });
  };
  add(failures, 'failed', 'red');
  add(active, 'running', 'cyan');
  add(skipped, 'done before');
  add(stopped, 'stopped early', 'yellow');
  add(cancelled, 'cancelled', 'yellow');
  add(retried, 'tried again');
  return pieces;
}

function timeLine({ counters, startedAt, remaining, isOver }: ViewState, now: number): Line {
  const gone = now - startedAt;
  return [
    { text: `${rate(counters?.finished ?? 0, gone)}, ${clock(gone)} gone${isOver ? '' : `, ${left(remaining)}`}` },
  ];
}

function left(remaining: ViewState['remaining']): string {
  return remaining ? `${clockRange(remaining.minMs, remaining.maxMs)} left` : 'time left not known yet';
}
