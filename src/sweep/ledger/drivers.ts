import { readdirSync, statSync } from 'node:fs';
import type { Layout } from './layout.js';
import { codeOf } from './ledger-error.js';
import { isProcessThere, type Owner, ownerFrom } from './owner.js';
import { recordOf } from './whole-file.js';

/** A driver that has signed in to an output folder and not signed out. */
export interface Driver extends Owner {
  /** By its process on this machine; on another one, by when it was last heard of. */
  readonly isAlive: boolean;
  /** False while it still looks whether it is alone. */
  readonly isSettled: boolean;
}

/** How long nothing may be heard of a driver on another machine. */
const silenceMsMax = 60_000;

/** Who is in this output folder, the dead ones too. Touches nothing. `now` is the file system's time, where that is known. */
export function driversIn(layout: Layout, now: number): Driver[] {
  return namesIn(layout.drivers).flatMap((name) =>
    name.endsWith('.json') ? (driverOf(layout, name.slice(0, -5), now) ?? []) : [],
  );
}

/** `undefined` once it has signed out. */
export function driverOf(layout: Layout, driver: string, now: number): Driver | undefined {
  const path = layout.registration(driver);
  const record = recordOf(path);
  const owner = ownerFrom(record);
  if (!record || !owner) return undefined;
  const isAlive = isProcessThere(owner) ?? now - touchedAt(path) < silenceMsMax;
  return { ...owner, isAlive, isSettled: record.isSettled === true };
}

export function touchedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
