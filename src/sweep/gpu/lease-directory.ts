import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GpuError } from './gpu-error.js';

const STICKY_FOR_ALL = 0o1777;
const STICKY = 0o1000;
const OTHERS_WRITE = 0o022;
const FOR_ALL = 0o666;
const RECORD_BYTES_MAX = 256 * 1024;
const { O_CREAT, O_EXCL, O_RDWR, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/** One for all users of a machine; `PYW_LEASE_DIR` names another. */
export function leaseDirectory(env: NodeJS.ProcessEnv = process.env): string {
  if (env.PYW_LEASE_DIR) return env.PYW_LEASE_DIR;
  return join(process.platform === 'win32' ? tmpdir() : '/tmp', 'pyw-gpu-leases'); // TMPDIR may be one for each user
}

/** Makes the directory, or checks that files in it are safe from other users. */
export function openDirectory(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700, recursive: false });
    chmodSync(directory, STICKY_FOR_ALL); // mkdir leaves out what the umask forbids
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw unusable(`The directory ${directory} cannot be made (${(cause as Error).message})`, cause);
    }
  }
  const { mode, uid } = lstatSync(directory);
  if (!lstatSync(directory).isDirectory()) throw unusable(`${directory} is no directory`);
  const isOwn = uid === process.getuid?.() || process.platform === 'win32';
  if (mode & OTHERS_WRITE && !(mode & STICKY)) {
    throw unusable(
      `In ${directory} every user can remove the files of others (chmod +t ${directory} would prevent it)`,
    );
  }
  if (!isOwn && !(mode & OTHERS_WRITE))
    throw unusable(`${directory} belongs to another user, who alone can write there`);
}

/** Opens a file that all users share; makes it, if need be. Never follows a link, and never opens what is no plain file. */
export function openShared(file: string): number {
  for (;;) {
    const descriptor = openedOrMade(file);
    if (descriptor === undefined) continue; // somebody made it, or removed it, in this very moment
    const { nlink } = fstatSync(descriptor);
    if (fstatSync(descriptor).isFile() && nlink <= 1) return descriptor;
    closeSync(descriptor);
    if (nlink === 0) continue;
    throw unusable(`${file} is no plain file, or has another name somewhere else: remove it`);
  }
}

export function readShared(descriptor: number): string {
  const bytes = Buffer.alloc(Math.min(RECORD_BYTES_MAX, fstatSync(descriptor).size));
  return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, bytes.length, 0));
}

/** In a sticky directory Linux may refuse O_CREAT for what another user has made: so an existing file is opened without it. */
function openedOrMade(file: string): number | undefined {
  try {
    return openSync(file, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ELOOP') throw unusable(`${file} is a link: remove it`, cause);
    if (code !== 'ENOENT') throw unusable(`${file} cannot be opened (${message})`, cause);
  }
  try {
    const descriptor = openSync(file, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, FOR_ALL);
    if (process.platform !== 'win32') fchmodSync(descriptor, FOR_ALL);
    return descriptor;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw unusable(`${file} cannot be made (${(cause as Error).message})`, cause);
  }
}

function unusable(problem: string, cause?: unknown): GpuError {
  const remedy = 'PYW_LEASE_DIR can name another directory, the same for all sweeps of this machine';
  return new GpuError(`Sweeps cannot keep each other off the GPUs: ${problem}. ${remedy}.`, 'ERR_GPU_LEASE', { cause });
}
