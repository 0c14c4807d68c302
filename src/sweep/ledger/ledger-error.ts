export type LedgerCode =
  /** Another driver is at work in the output folder. */
  | 'ERR_LEDGER_HELD'
  /** The specification was changed so that what is recorded no longer fits. */
  | 'ERR_LEDGER_CHANGED'
  /** What lies there is not ours, and would be overwritten. */
  | 'ERR_LEDGER_FOREIGN'
  /** What the records are records of cannot be read. The records themselves may be whole. */
  | 'ERR_LEDGER_DAMAGED'
  /** It was written by a later version of this library. */
  | 'ERR_LEDGER_FORMAT'
  /** The disk is full, the folder is gone or must not be written, and the like. */
  | 'ERR_LEDGER_STORAGE'
  /** It was called after `close()`, or out of turn. */
  | 'ERR_LEDGER_STATE';

/** The record of a sweep cannot be opened or written. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
  readonly code: LedgerCode;

  constructor(message: string, code: LedgerCode, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Does something with a file; says what could not be done, to which file, and what helps, where that fails. */
export function inStorage<T>(doing: string, path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw storageError(error, doing, path);
  }
}

export function storageError(error: unknown, doing: string, path: string): LedgerError {
  if (error instanceof LedgerError) return error;
  const code = codeOf(error);
  const cause = code ?? (error instanceof Error ? error.message : String(error));
  const isRefused = code === 'EACCES' || code === 'EPERM';
  const remedy =
    isRefused && doing.startsWith('read ') ? 'You have no right to read it. Ask its owner.' : remedyFor(code);
  return new LedgerError(`Cannot ${doing}: ${path} (${cause}). ${remedy}`, 'ERR_LEDGER_STORAGE', { cause: error });
}

export function notBegun(id: string, attempt: number): LedgerError {
  return new LedgerError(
    `Attempt ${attempt} of task ${id} was not begun here, or has ended. Call begin() first, and end() once.`,
    'ERR_LEDGER_STATE',
  );
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

const goesOn = 'Then run the same sweep again: it goes on where it was.';

function remedyFor(code: string | undefined): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `The disk, or what you may use of it, is full. Free some space. ${goesOn}`;
    case 'EFBIG':
      return `The file has reached the size that is allowed for one (ulimit -f). Raise the limit. ${goesOn}`;
    case 'EROFS':
      return `The file system can only be read. Mount it for writing, or name another output folder. ${goesOn}`;
    case 'EACCES':
    case 'EPERM':
      return 'You have no right to write there. Ask its owner, or name another output folder.';
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ESTALE':
      return `It is not there any more, or a file is in its place. Was the output folder moved or removed? ${goesOn}`;
    case 'ENAMETOOLONG':
      return 'The name is longer than the file system takes. Give the variables shorter labels.';
    case 'EMFILE':
    case 'ENFILE':
      return `Too many files are open. Raise the limit (ulimit -n). ${goesOn}`;
    default:
      return `Look after the disk or the connection to it. ${goesOn}`;
  }
}
