import { OptionError } from '../../base/errors.js';
import { codeOf } from '../../sweep/ledger/ledger-error.js';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you have no right to write there',
  EPERM: 'you have no right to write there',
  EROFS: 'the file system can only be read',
  EISDIR: 'there is a folder of that name',
  EEXIST: 'a file is in its place',
  ENOTDIR: 'a file is where a folder would have to be',
  ENOSPC: 'the disk is full',
};

/** Writes a file that was asked for by name; where that cannot be, it is said why, and what to do. */
export async function writing<T>(path: string, write: () => T | Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    const reason = reasons[codeOf(cause) ?? ''];
    if (reason === undefined) throw cause;
    throw new OptionError(`${path} cannot be written: ${reason}. Name another place.`, { cause });
  }
}
