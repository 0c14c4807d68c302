import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isThere } from '../../base/process-tree.js';

/** A process that runs a sweep: a driver. */
export interface Owner {
  /** Its name in this output folder; sorts by time. */
  readonly driver: string;
  readonly pid: number;
  /** What tells it from a later process that got the same number; '' where that cannot be known. */
  readonly startedAt: string;
  readonly host: string;
  /** Where its process number means something: one boot of one machine, and one container on it. */
  readonly machine: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** This process, as a new driver. */
export function newOwner(): Owner {
  const since = Date.now();
  const host = hostname();
  const stamp = new Date(since).toISOString().replaceAll(/[-:.Z]/g, '');
  const driver = `${stamp}-${host.replaceAll(/[^\w.-]/g, '_').slice(0, 60)}-${process.pid}-${randomBytes(3).toString('hex')}`;
  return { driver, pid: process.pid, startedAt: startOfThisProcess(), host, machine: thisMachine(), since };
}

/** Whether its process still runs; `undefined` where it is not on this machine. */
export function isProcessThere(owner: Owner): boolean | undefined {
  return owner.machine === thisMachine() ? isThere(owner) : undefined;
}

export function ownerFrom(record: Record<string, unknown> | undefined): Owner | undefined {
  if (record === undefined) return undefined;
  const { driver, pid, startedAt, host, machine, since } = record;
  if (typeof driver !== 'string' || typeof pid !== 'number' || typeof startedAt !== 'string') return undefined;
  if (typeof host !== 'string' || typeof machine !== 'string' || typeof since !== 'number') return undefined;
  return { driver, pid, startedAt, host, machine, since };
}

let machine: string | undefined;

function thisMachine(): string {
  machine ??= [bootId(), processNamespace()].filter(Boolean).join(' ') || hostname();
  return machine;
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return ''; // not Linux: the host's name has to do
  }
}

/** Two containers of one machine share the boot's id, and count their processes apart. */
function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function startOfThisProcess(): string {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1'); // "pid (name) state …"; the name may hold blanks and parentheses
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
