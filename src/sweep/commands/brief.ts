import { printable } from '../results/printable.js';

/** An error in one line: of a command, how it ended and the last that it said. */
export function brief(message: string | null | undefined): string {
  const [first = '', ...others] = (message ?? '').trimEnd().split('\n');
  const told = first.endsWith(' Its last lines:')
    ? `${first.slice(0, -' Its last lines:'.length)} ${others.at(-1) ?? ''}`
    : first;
  return printable(told.trim());
}
