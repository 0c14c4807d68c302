import { brief } from '../../sweep/commands/brief.js';
import { durationText } from '../../sweep/commands/duration.js';
import type { StatusCounts, SweepStatus } from '../../sweep/commands/sweep-status.js';
import type { Colors } from './colors.js';
import { placeOf } from './place.js';

const SHOWN = 8;

/** How far a sweep is, for people. */
export function statusLines(status: SweepStatus, colors: Colors): string[] {
  const { bold, red, dim, yellow } = colors;
  const { running, failures, drivers, badLines, damage } = status;
  const place = placeOf(status.output);
  const alive = drivers.filter(({ isAlive }) => isAlive);
  const now = Date.now();
  return [
    `${bold(place)}: ${countsText(status.counts, status.total, colors)}`,
    ...(alive.length === 0 ? ['Nothing is at work there.'] : []),
    ...alive.map(
      ({ pid, host, since }) =>
        `Process ${pid} on ${host} is at work, for ${durationText(now - since)}${remaining(status)}.`,
    ),
    ...running.slice(0, SHOWN).map(({ folder, worker, startedAt, attempt }) => {
      return `  ${worker} ${folder} ${dim(`${durationText(now - startedAt)}${attempt > 1 ? `, attempt ${attempt}` : ''}`)}`;
    }),
    ...more(running.length),
    ...failures.slice(0, SHOWN).map(({ folder, id, class: failure, message }) => {
      return `  ${red(failure)} ${folder ?? id}: ${brief(message)}`;
    }),
    ...more(failures.length),
    ...(badLines > 0
      ? [yellow(`${badLines} lines of the journals are no records: torn by a crash, or by another hand.`)]
      : []),
    ...(damage === null ? [] : [yellow(damage)]),
  ];
}

function countsText(counts: StatusCounts, total: number | null, { green, red }: Colors): string {
  const { done, failed, stopped, cancelled, running, lost, waiting } = counts;
  const parts = [
    green(`${done}${total === null ? '' : ` of ${total}`} done`),
    ...(running > 0 ? [`${running} running`] : []),
    ...(failed > 0 ? [red(`${failed} failed`)] : []),
    ...(stopped > 0 ? [`${stopped} stopped early`] : []),
    ...(cancelled > 0 ? [`${cancelled} cut off`] : []),
    ...(lost > 0 ? [`${lost} lost with their driver`] : []),
    ...(waiting !== null && waiting > 0 ? [`${waiting} not begun`] : []),
  ];
  return parts.join(', ');
}

function remaining({ remainingMs }: SweepStatus): string {
  if (!remainingMs) return '';
  return `; about ${durationText(remainingMs.likely)} left (${durationText(remainingMs.least)} to ${durationText(remainingMs.most)})`;
}

function more(count: number): string[] {
  return count > SHOWN ? [`  and ${count - SHOWN} more`] : [];
}
