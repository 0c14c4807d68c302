import { type Check, checkOptions, isBoolean, isFunction, isRecord, isStrings } from '../../base/checks.js';
import type { Fingerprint } from './fingerprint.js';
import type { LedgerError } from './ledger-error.js';
import type { StartInfo } from './start-record.js';

export interface LedgerOptions {
  /** Of the specification, so that records are not mixed with those of another one. */
  readonly fingerprint: Fingerprint;
  /** Share the work with drivers that are at it. Default `false`: where one is at work, no other one is let in. */
  readonly join?: boolean;
  /** `accept`: what is recorded as done counts, whatever was changed in the specification. Default `refuse`. */
  readonly changed?: 'refuse' | 'accept';
  /** Names directly in the output folder that the sweep would write. A folder that is no sweep's is refused if one is there. */
  readonly writes?: readonly string[];
  readonly start?: StartInfo;
  /** Something in the background failed: a flush, a status file, a sign of life. Records are not affected, yet. */
  readonly onProblem?: (problem: LedgerError) => void;
}

export function checkLedgerOptions(options: unknown): void {
  checkOptions(options, checks);
}

const isObject: Check = (value) => (isRecord(value) ? undefined : 'an object');

const checks: Record<string, Check> = {
  fingerprint: isObject,
  join: isBoolean,
  changed: (value) => (value === 'refuse' || value === 'accept' ? undefined : "'refuse' or 'accept'"),
  writes: isStrings,
  start: isObject,
  onProblem: isFunction,
};
