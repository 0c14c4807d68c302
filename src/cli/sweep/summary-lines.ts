import { brief } from '../../sweep/commands/brief.js';
import { durationText } from '../../sweep/commands/duration.js';
import type { RunSummary } from '../../sweep/commands/run-summary.js';
import { cellOf } from '../../sweep/results/cell.js';
import { shellQuote } from '../../task/command/shell-quote.js';
import type { Colors } from './colors.js';
import { placeOf } from './place.js';

const FAILED_SHOWN = 5;

/** What came of a run, for people. */
export function summaryLines(summary: RunSummary, { green, red, dim }: Colors): string[] {
  const { total, done, skipped, failures, stopped, cancelled, missing, output, ms, best } = summary;
  const place = shellQuote(placeOf(output), 'word');
  const counts = [
    green(`${done + skipped} of ${total} done`) + (skipped > 0 ? ` (${skipped} before)` : ''),
    ...(failures > 0 ? [red(`${failures} failed`)] : []),
    ...(stopped > 0 ? [`${stopped} stopped early`] : []),
    ...(cancelled > 0 ? [`${cancelled} cut off`] : []),
    ...(missing.length > failures + stopped + cancelled
      ? [`${missing.length - failures - stopped - cancelled} not run`]
      : []),
  ];
  const failed = missing.filter(({ reason }) => reason === 'failed');
  return [
    `${counts.join(', ')} in ${durationText(ms)}. ${dim(`Results: pyw-sweep results ${place}`)}`,
    ...(best ? [`The best ${best.metric} has ${best.folder}: ${cellOf(best.value)}`] : []),
    ...failed.slice(0, FAILED_SHOWN).map(({ folder, class: failure, message, log }) => {
      return `  ${red(failure ?? 'failed')} ${folder}: ${brief(withoutClass(message))}${log ? dim(` (${placeOf(log)})`) : ''}`;
    }),
    ...(failed.length > FAILED_SHOWN ? [`  and ${failed.length - FAILED_SHOWN} more`] : []),
    ...nextText(summary, place).map(dim),
  ];
}

/** Of what the line says already as the class of the failure. */
function withoutClass(message: string | null): string {
  return (message ?? '').replace(/^(CommandError|TimedOut): /, '');
}

/** A further run tries again what has failed, too. */
function nextText({ missing, failures }: RunSummary, place: string): string[] {
  const open = missing.filter(({ reason }) => reason !== 'stopped'); // a rule would stop these again
  if (open.length === 0) return [];
  if (failures === 0) return ['Run it again to go on.'];
  const retry = `what has failed again: pyw-sweep retry ${place}`;
  return [open.length > failures ? `Run it again to go on, or only ${retry}` : `To try ${retry}`];
}
