import { OptionError } from '../../base/errors.js';
import { LedgerError } from '../../sweep/ledger/ledger-error.js';
import { UsageError } from '../command-line.js';

/** What each exit code says; in the help of `run`, and in the manual. */
export const exitCodes = {
  done: 0,
  missing: 1,
  usage: 2,
  refused: 3,
} as const;

export const exitCodesText = `Exit codes:
  0    everything that was asked for is done
  1    tasks have failed or are missing, or it could not go on
  2    the command line or the specification is wrong, or what was named is not there
  3    refused: another process is at work there, or the records do not fit the specification
  130  stopped by Ctrl-C (SIGINT), with tasks missing; 143 by SIGTERM, 129 by SIGHUP
`;

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof OptionError) return exitCodes.usage;
  if (error instanceof LedgerError && error.code !== 'ERR_LEDGER_STORAGE') return exitCodes.refused;
  const { code } = error as { readonly code?: unknown };
  const isOfFile = typeof code === 'string' && /^ERR_(TARGET|SWEEP_FILE|CONFIG)/.test(code);
  return isOfFile ? exitCodes.usage : exitCodes.missing;
}

/** Which flag helps here. */
export function adviceFor(error: unknown): string | undefined {
  if (!(error instanceof LedgerError)) return undefined;
  switch (error.code) {
    case 'ERR_LEDGER_HELD':
      return 'pyw-sweep status shows how far it is, pyw-sweep stop ends it, and run --join shares its work.';
    case 'ERR_LEDGER_CHANGED':
      return 'With run -o FOLDER it goes to another folder, with run --accept-changes what is done counts as done.';
    case 'ERR_LEDGER_DAMAGED':
      return 'pyw-sweep status, results and logs show what is recorded. With run --accept-changes it is gone on with.';
    case 'ERR_LEDGER_FOREIGN':
      return 'With run -o FOLDER it goes to another folder.';
    default:
      return undefined;
  }
}
