import { setTimeout as sleep } from 'node:timers/promises';
import { type Driver, driverOf, driversIn, touchedAt } from './drivers.js';
import type { Layout } from './layout.js';
import { codeOf, inStorage, LedgerError, storageError } from './ledger-error.js';
import type { Owner } from './owner.js';
import { removeFile, writeNew, writeWhole } from './whole-file.js';

export interface RegistrationSettings {
  /** Whether to share the work with others; without it there is one driver, or none. */
  readonly join: boolean;
  readonly heartbeatMs: number;
  readonly onProblem: (problem: LedgerError) => void;
}

/** A driver's name in the list of those at work, kept fresh until it leaves. */
export class Registration {
  readonly #layout: Layout;
  readonly #owner: Owner;
  readonly #settings: RegistrationSettings;
  #heartbeat: NodeJS.Timeout | undefined;

  private constructor(layout: Layout, owner: Owner, settings: RegistrationSettings) {
    this.#layout = layout;
    this.#owner = owner;
    this.#settings = settings;
  }

  /**
   * Signs in, and removes what dead drivers left of themselves. Rejects where another one is at work and `join` was not
   * asked for. Each signs in before it looks around, so of two that come at once at least one sees the other.
   */
  static async enter(layout: Layout, owner: Owner, settings: RegistrationSettings): Promise<Registration> {
    const registration = new Registration(layout, owner, settings);
    for (let attempt = 1; ; attempt += 1) {
      registration.#write(false);
      const others = registration.#others();
      const holder = settings.join ? undefined : others.find((each) => each.isAlive);
      if (!holder) {
        registration.#settle(others);
        return registration;
      }
      removeFile(layout.registration(owner.driver));
      if (holder.isSettled || attempt === attemptsMax) throw heldBy(holder, layout.output);
      await sleep(20 + Math.random() * 100); // both came at once: one of them will be first the next time
    }
  }

  isAtWork(driver: string): boolean {
    return driver === this.#owner.driver || driverOf(this.#layout, driver, this.#now())?.isAlive === true;
  }

  leave(): void {
    clearInterval(this.#heartbeat);
    const path = this.#layout.registration(this.#owner.driver);
    inStorage('sign out', path, () => {
      removeFile(this.#layout.unnamed(this.#owner.driver));
      removeFile(path);
    });
  }

  #settle(others: readonly Driver[]): void {
    this.#write(true);
    for (const { driver, isAlive } of others) if (!isAlive) this.#tidy(driver);
    this.#heartbeat = setInterval(() => this.#beat(), this.#settings.heartbeatMs).unref();
  }

  #tidy(driver: string): void {
    removeFile(this.#layout.unnamed(driver));
    removeFile(this.#layout.registration(driver));
  }

  #others(): Driver[] {
    return driversIn(this.#layout, this.#now()).filter((each) => each.driver !== this.#owner.driver);
  }

  /** The file system's own time, for the clocks of two machines differ. */
  #now(): number {
    return touchedAt(this.#layout.registration(this.#owner.driver)) || Date.now();
  }

  #write(isSettled: boolean): void {
    const path = this.#layout.registration(this.#owner.driver);
    inStorage('sign in', path, () => writeWhole(path, this.#text(isSettled), this.#layout.unnamed(this.#owner.driver)));
  }

  #text(isSettled: boolean): string {
    return `${JSON.stringify({ ...this.#owner, isSettled })}\n`;
  }

  /** Writes the same again: its time is what others look at. */
  #beat(): void {
    const path = this.#layout.registration(this.#owner.driver);
    try {
      writeNew(path, this.#text(true), 'r+');
    } catch (error) {
      this.#settings.onProblem(
        codeOf(error) === 'ENOENT' ? this.#comeBack(path) : storageError(error, 'show that this driver is alive', path),
      );
    }
  }

  #comeBack(path: string): LedgerError {
    try {
      this.#write(true);
      return new LedgerError(
        `Another driver took this one for dead, because nothing was heard of it for a minute: ${path} was gone. What it had at work may run twice.`,
        'ERR_LEDGER_STATE',
      );
    } catch (error) {
      return storageError(error, 'show that this driver is alive', path);
    }
  }
}

const attemptsMax = 20;

function heldBy(holder: Driver, output: string): LedgerError {
  const since = new Date(holder.since).toISOString();
  return new LedgerError(
    `The sweep in ${output} is at work already: process ${holder.pid} on ${holder.host}, since ${since}. ` +
      'Wait for it, stop it, or join it with the option "join": then both share the tasks.',
    'ERR_LEDGER_HELD',
  );
}
