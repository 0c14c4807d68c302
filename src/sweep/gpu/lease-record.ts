import { isRecord } from '../../base/checks.js';
import type { ProcessRef } from '../../base/process-tree.js';
import type { Identity } from './identity.js';
import { optional } from './optional.js';

/** Marks all processes that a lease has led to; whoever holds the GPU next waits until none is left. */
export const LEASE_VARIABLE = 'PYW_LEASE';

/** A sweep within a worker of a sweep adds its own mark to that of the outer one. */
export function leasesIn(marks: string | undefined): readonly string[] {
  return marks ? marks.split('/') : [];
}

/** What the file of a GPU tells the next one who wants it. */
export interface LeaseRecord {
  /** The sweep that wrote this. */
  readonly holder: Identity;
  /** What the user calls that sweep. */
  readonly name: string;
  readonly sinceMs: number;
  /** Memory that was in use before it came. */
  readonly beforeMb?: number;
  /** Workers that have the GPU, or have had it and may not be gone yet. */
  readonly uses: readonly Use[];
}

export interface Use {
  /** In the environment of all its processes, as `PYW_LEASE`. */
  readonly lease: string;
  readonly worker: string;
  /** Those at the top of its process trees. */
  readonly leaders: readonly ProcessRef[];
  /** When it was given back; it was not, where its sweep was killed. */
  readonly endedMs?: number;
}

const USES_MAX = 256;
const TEXT_MAX = 100;

export function writtenRecord(record: LeaseRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** Any user may have written it: nothing is taken over that is not as it should be. `undefined` where nothing can be read. */
export function readRecord(text: string): LeaseRecord | undefined {
  const value = parsed(text.split('\n')[0] ?? '');
  if (!isRecord(value) || !isRecord(value.holder)) return undefined;
  const process = processOf(value.holder);
  if (!process) return undefined;
  const { host, bootId, pidNamespace } = value.holder;
  const uses = Array.isArray(value.uses) ? value.uses.slice(0, USES_MAX) : [];
  return {
    holder: { ...process, host: textOf(host), bootId: textOf(bootId), pidNamespace: textOf(pidNamespace) },
    name: textOf(value.name),
    sinceMs: numberOf(value.sinceMs) ?? 0,
    ...optional('beforeMb', numberOf(value.beforeMb)),
    uses: uses.flatMap((use) => useOf(use) ?? []),
  };
}

function useOf(value: unknown): Use | undefined {
  if (!isRecord(value) || !Array.isArray(value.leaders) || !value.lease) return undefined;
  return {
    lease: textOf(value.lease),
    worker: textOf(value.worker),
    leaders: value.leaders.slice(0, USES_MAX).flatMap((leader) => processOf(leader) ?? []),
    ...optional('endedMs', numberOf(value.endedMs)),
  };
}

function processOf(value: unknown): ProcessRef | undefined {
  if (!isRecord(value) || !Number.isInteger(value.pid)) return undefined;
  const pid = Number(value.pid);
  return pid > 1 || (pid === 1 && value.startedAt) ? { pid, startedAt: textOf(value.startedAt) } : undefined;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // empty, or being written just now
  }
}

/** It is going to be shown: no control characters, and not at any length. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, TEXT_MAX).replace(/\p{Cc}/gu, '?') : '';
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
