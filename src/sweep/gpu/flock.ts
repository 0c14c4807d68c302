import { closeSync, fstatSync, ftruncateSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileNameOf } from './file-name.js';
import { GpuError } from './gpu-error.js';
import type { GpuLock, Held, TryLock } from './gpu-lock.js';
import { openShared, readShared } from './lease-directory.js';
import { type LeaseRecord, readRecord, writtenRecord } from './lease-record.js';
import { runTool } from './run-tool.js';

const TAKEN = 1;

/** Whether this machine has util-linux's `flock`. */
export async function hasFlock(): Promise<boolean> {
  return process.platform === 'linux' && (await runTool('flock', ['--version']))?.code === 0;
}

/**
 * By `flock`, which locks a descriptor of ours that it inherits: the lock belongs to the open file, so it stays when
 * `flock` ends and falls when this process does, even by SIGKILL.
 */
export function flockIn(directory: string): TryLock {
  return async (key, signal) => {
    const file = join(directory, fileNameOf(key, 'lock'));
    for (;;) {
      const descriptor = openShared(file);
      try {
        if (!(await locks(descriptor, { file, signal }))) return heldBy(descriptor);
      } catch (error) {
        closeSync(descriptor);
        throw error;
      }
      if (isStill(file, descriptor)) return new FlockedFile(descriptor);
      closeSync(descriptor); // somebody tidied up: what is locked here is no longer what others find
    }
  };
}

function heldBy(descriptor: number): Held {
  const record = readRecord(readShared(descriptor));
  closeSync(descriptor);
  return { heldBy: record };
}

async function locks(descriptor: number, { file, signal }: { file: string; signal: AbortSignal | undefined }) {
  const answer = await runTool('flock', ['-n', '3'], { descriptor, signal });
  if (answer?.code === 0) return true;
  if (answer?.code === TAKEN && answer.stderr === '') return false;
  const said = answer ? answer.stderr.trim() || `code ${answer.code}` : 'it is not there any more';
  throw new GpuError(`flock cannot lock ${file}: ${said}. PYW_LEASE_DIR can name another directory.`, 'ERR_GPU_LEASE');
}

function isStill(file: string, descriptor: number): boolean {
  const now = statSync(file, { throwIfNoEntry: false });
  const own = fstatSync(descriptor);
  return now?.ino === own.ino && now.dev === own.dev;
}

class FlockedFile implements GpuLock {
  readonly before: LeaseRecord | undefined;
  #descriptor: number | undefined;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
    this.before = readRecord(readShared(descriptor));
  }

  /** The first line counts: killed between the two steps, it leaves rubbish after it only. */
  write(record: LeaseRecord): void {
    if (this.#descriptor === undefined) return;
    const bytes = Buffer.from(writtenRecord(record));
    writeSync(this.#descriptor, bytes, 0, bytes.length, 0);
    ftruncateSync(this.#descriptor, bytes.length);
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
