import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isThere, type ProcessRef } from '../../base/process-tree.js';

/** A process, told from every other one on any machine at any time, as far as the system tells. */
export interface Identity extends ProcessRef {
  readonly host: string;
  /** Changes when the machine is started anew. */
  readonly bootId: string;
  /** In another one, process numbers mean other processes. */
  readonly pidNamespace: string;
}

export function ownIdentity(): Identity {
  return {
    pid: process.pid,
    startedAt: startOf(process.pid),
    host: hostname(),
    bootId: read('/proc/sys/kernel/random/boot_id').trim(),
    pidNamespace: linkOf('/proc/self/ns/pid'),
  };
}

/** As `ProcessRef` has it; empty where the system does not tell. */
export function startOf(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** Whether the numbers of its processes can be looked up here. */
export function isNear(other: Identity, own: Identity): boolean {
  return other.bootId === own.bootId && other.pidNamespace === own.pidNamespace && other.host === own.host;
}

/** `undefined` where that cannot be known from here. */
export function isAlive(other: Identity, own: Identity): boolean | undefined {
  if (isNear(other, own)) return isThere(other);
  const isSameMachine = other.host === own.host && other.pidNamespace === own.pidNamespace;
  return isSameMachine && other.bootId !== own.bootId ? false : undefined; // the machine was started anew since
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return ''; // not Linux, or ended meanwhile
  }
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return ''; // not Linux
  }
}
