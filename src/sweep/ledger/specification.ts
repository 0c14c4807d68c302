import { readdirSync, renameSync } from 'node:fs';
import { basename } from 'node:path';
import { isRecord } from '../../base/checks.js';
import type { Value } from '../../task/value.js';
import { type Change, checkFits, type Fingerprint, joined, linesOf } from './fingerprint.js';
import type { Layout } from './layout.js';
import { codeOf, inStorage, LedgerError } from './ledger-error.js';
import { nameWhole, parsed, removeFile, textOf, writeNew, writeWhole } from './whole-file.js';

const format = 1;

/** Refuses a folder of somebody else's, if one of the names that a sweep would write there is in use. */
export function checkFolder(layout: Layout, writes: readonly string[]): void {
  const names = inStorage('read the output folder', layout.output, () => namesIn(layout.output));
  if (names.includes('.pyw')) return;
  const clashes = writes.filter((name) => names.includes(name));
  if (clashes.length === 0) return;
  throw new LedgerError(
    `${layout.output} is no sweep's output folder, and has what this one would write: ${clashes.slice(0, 10).join(', ')}` +
      `${clashes.length > 10 ? ` and ${clashes.length - 10} more` : ''}. Name another output folder, or move these.`,
    'ERR_LEDGER_FOREIGN',
  );
}

/** Whether nothing but the record lies in the output folder: no task has a folder there yet. */
export function hasOnlyRecord(layout: Layout): boolean {
  return inStorage('read the output folder', layout.output, () => namesIn(layout.output)).every(
    (name) => name === '.pyw',
  );
}

/** The fingerprint that the records of a folder are of. */
export function readFingerprint(layout: Layout): Fingerprint | undefined {
  const text = inStorage('read the specification', layout.specification, () => textOf(layout.specification));
  if (text === undefined) return undefined;
  const record = parsed(text);
  if (typeof record?.format !== 'number') throw damaged(layout);
  if (record.format !== format) {
    throw new LedgerError(
      `${layout.specification} has format ${record.format}; this version knows ${format}. Use the version that wrote it, or a later one.`,
      'ERR_LEDGER_FORMAT',
    );
  }
  if (!isRecord(record.fingerprint)) throw damaged(layout);
  return record.fingerprint as Fingerprint; // as it was written below
}

function damaged({ specification }: Layout): LedgerError {
  return new LedgerError(
    `${specification} is damaged, which says what the tasks' records are records of. They are there all the same. Put a copy of the file back. ` +
      "Or go on with the option changed: 'accept', if you are sure that nothing was changed since: then it is written anew, and the damaged one is kept beside it.",
    'ERR_LEDGER_DAMAGED',
  );
}

/** Writes the fingerprint, or compares it with the one that is there. Gives what was changed and accepted. */
export function keepFingerprint(
  layout: Layout,
  fingerprint: Fingerprint,
  { driver, accept }: { readonly driver: string; readonly accept: boolean },
): readonly Change[] {
  const unnamed = layout.unnamed(driver);
  const text = `${JSON.stringify({ format, fingerprint, driver }, undefined, 2)}\n`;
  const wasDamaged = accept && setDamagedAside(layout, driver);
  const before = readFingerprint(layout) ?? putFirst(layout, unnamed, text) ?? fingerprint;
  if (wasDamaged) return [{ path: basename(layout.specification), before: '(damaged)', now: 'as it is given' }];
  const changes = checkFits(before, fingerprint);
  if (changes.length > 0 && !accept) throw changedError(changes, layout.output);
  const merged = joined(before, fingerprint);
  if (JSON.stringify(merged) !== JSON.stringify(before)) {
    const whole = `${JSON.stringify({ format, fingerprint: merged, driver }, undefined, 2)}\n`;
    inStorage('write the specification', layout.specification, () => writeWhole(layout.specification, whole, unnamed));
  }
  return changes;
}

/** Nothing is lost by that: somebody may still read it. */
function setDamagedAside(layout: Layout, driver: string): boolean {
  try {
    readFingerprint(layout);
    return false;
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'ERR_LEDGER_DAMAGED') throw error;
    const aside = `${layout.specification}.damaged-${driver}`;
    inStorage('keep the damaged specification', aside, () => renameSync(layout.specification, aside));
    return true;
  }
}

/** Of a change, as it is noted in the journal. */
export function asValue(changes: readonly Change[]): Value {
  return changes.map(({ path, before, now }) => ({ path, before, now }));
}

/** Where two come at once, one is the first; the other gets what that one has written. */
function putFirst(layout: Layout, unnamed: string, text: string): Fingerprint | undefined {
  return inStorage('write the specification', layout.specification, () => {
    writeNew(unnamed, text);
    try {
      return nameWhole(unnamed, layout.specification) ? undefined : readFingerprint(layout);
    } finally {
      removeFile(unnamed); // one file with two names: what is written to the one is in the other
    }
  });
}

function changedError(changes: readonly Change[], output: string): LedgerError {
  return new LedgerError(
    `The specification was changed so that the records in ${output} no longer fit it:\n${linesOf(changes)}\n` +
      "Undo that, name another output folder, or accept it with the option changed: 'accept': then what is recorded as done counts as done.",
    'ERR_LEDGER_CHANGED',
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
