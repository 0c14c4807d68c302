import { hostname } from 'node:os';
import { brief } from '../../sweep/commands/brief.js';
import { durationText } from '../../sweep/commands/duration.js';
import type { StatusCounts, SweepStatus } from '../../sweep/commands/sweep-status.js';
import type { Style } from '../../sweep/view/colours.js';
import { type Line, lineText, type Piece } from '../../sweep/view/line.js';
import type { Colors } from './colors.js';
import { placeOf } from './place.js';

const SHOWN = 8;

/** How far a sweep is, for people. */
export function statusLines(status: SweepStatus): Line[] {
  const { running, failures, drivers, badLines, damage } = status;
  const alive = drivers.filter(({ isAlive }) => isAlive);
  const now = Date.now();
  return [
    [{ text: placeOf(status.output), style: 'bold' }, { text: ': ' }, ...countPieces(status.counts, status.total)],
    ...(alive.length === 0 ? [[{ text: 'Nothing is at work there.' }]] : []),
    ...alive.map(({ pid, host, since }): Line => {
      const text = `Process ${pid} on ${host} is at work, for ${durationText(now - since)}${remaining(status)}.`;
      return [{ text }];
    }),
    ...running.slice(0, SHOWN).map(({ folder, worker, startedAt, attempt, host, gpus }): Line => {
      const parts = [
        durationText(now - startedAt),
        ...(attempt > 1 ? [`attempt ${attempt}`] : []),
        ...(host === hostname() ? [] : [`on ${host}`]),
        ...(gpus.length > 0 ? [`gpu ${gpus.join(',')}`] : []),
      ];
      return [{ text: `  ${worker} ${folder} ` }, { text: parts.join(', '), style: 'dim' }];
    }),
    ...more(running.length),
    ...failures.slice(0, SHOWN).map(({ folder, id, class: failure, message }): Line => {
      return [{ text: '  ' }, { text: failure, style: 'red' }, { text: ` ${folder ?? id}: ${brief(message)}` }];
    }),
    ...more(failures.length),
    ...(badLines > 0 ? [badLinesLine(badLines)] : []),
    ...(damage === null ? [] : [[{ text: damage, style: 'yellow' } as const]]),
  ];
}

/** The same as texts, however long they are. */
export function statusTexts(status: SweepStatus, colors: Colors): string[] {
  const options = { columns: Number.POSITIVE_INFINITY, paint: (text: string, style: Style) => colors[style](text) };
  return statusLines(status).map((line) => lineText(line, options));
}

function countPieces(counts: StatusCounts, total: number | null): Piece[] {
  const { done, failed, stopped, cancelled, running, lost, waiting } = counts;
  const pieces: Piece[] = [{ text: `${done}${total === null ? '' : ` of ${total}`} done`, style: 'green' }];
  const add = (count: number, what: string, style?: Style): void => {
    if (count > 0) pieces.push({ text: ', ' }, { text: `${count} ${what}`, ...(style && { style }) });
  };
  add(running, 'running');
  add(failed, 'failed', 'red');
  add(stopped, 'stopped early');
  add(cancelled, 'cut off');
  add(lost, 'lost with their driver');
  add(waiting ?? 0, 'not begun');
  return pieces;
}

function badLinesLine(count: number): Line {
  const what = count === 1 ? '1 line of the journals is no record' : `${count} lines of the journals are no records`;
  return [{ text: `${what}: torn by a crash, or by another hand.`, style: 'yellow' }];
}

function remaining({ remainingMs }: SweepStatus): string {
  if (!remainingMs) return '';
  return `; about ${durationText(remainingMs.likely)} left (${durationText(remainingMs.least)} to ${durationText(remainingMs.most)})`;
}

function more(count: number): Line[] {
  return count > SHOWN ? [[{ text: `  and ${count - SHOWN} more` }]] : [];
}
