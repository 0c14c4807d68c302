import { existsSync } from 'node:fs';
import { type Driver, driversIn } from './drivers.js';
import type { Fingerprint } from './fingerprint.js';
import { Journals } from './journals.js';
import { Layout } from './layout.js';
import { inStorage, LedgerError } from './ledger-error.js';
import { type Begun, Book, type Records } from './records.js';
import { readFingerprint } from './specification.js';

/** A task that was begun and not ended, and whether its driver still lives. */
interface RunningTask extends Begun {
  readonly isAlive: boolean;
}

/** What an output folder says, at one moment. */
export interface Peeked {
  /** Whether there is a sweep's record at all. */
  readonly isThere: boolean;
  readonly fingerprint: Fingerprint | undefined;
  /** Why the fingerprint cannot be read, where that is so: all the rest is there. */
  readonly damage: LedgerError | undefined;
  /** Who has signed in; the dead ones, too. */
  readonly drivers: readonly Driver[];
  readonly records: Records;
  readonly running: readonly RunningTask[];
}

/** Reads a sweep's record and leaves no trace: nothing is made, written or removed. A driver may be at work meanwhile. */
export function peek(output: string): Peeked {
  const layout = new Layout(output);
  const book = new Book((driver) => layout.journal(driver));
  if (!existsSync(layout.journals)) {
    return { isThere: false, fingerprint: undefined, damage: undefined, drivers: [], records: book, running: [] };
  }
  const drivers = inStorage('read who is at work', layout.drivers, () => driversIn(layout, Date.now()));
  const alive = new Set(drivers.flatMap(({ driver, isAlive }) => (isAlive ? driver : [])));
  new Journals(layout, book).load((driver) => alive.has(driver));
  const running = [...book.begun()].map((task) => ({ ...task, isAlive: alive.has(task.driver) }));
  return { isThere: true, ...fingerprintIn(layout), drivers, records: book, running };
}

/** Of a later version, the journals may have another format as well. */
function fingerprintIn(layout: Layout): Pick<Peeked, 'fingerprint' | 'damage'> {
  try {
    return { fingerprint: readFingerprint(layout), damage: undefined };
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code === 'ERR_LEDGER_FORMAT') throw error;
    return { fingerprint: undefined, damage: error };
  }
}
