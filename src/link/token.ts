import { hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { TokenError } from '../base/errors.js';

const TOKEN_BYTES = 32;
const TOKEN_BYTES_MIN = 16;
const OTHERS_BITS = 0o077;

/** Where a token is to come from; the first that is given. Without any: `PYW_TOKEN`, then the user's own file. */
export interface TokenSource {
  readonly token?: string | undefined;
  readonly tokenFile?: string | undefined;
}

export function tokenFrom({ token, tokenFile }: TokenSource): string {
  if (token !== undefined) return checked(token, 'The option "token"');
  if (tokenFile !== undefined) return readToken(tokenFile);
  const ofEnvironment = process.env[TOKEN_VARIABLE];
  if (ofEnvironment) return checked(ofEnvironment, `${TOKEN_VARIABLE} in the environment`);
  return readToken(userTokenFile());
}

export const TOKEN_VARIABLE = 'PYW_TOKEN';

/** The file that only this user can read: one machine, or a shared home, needs nothing else. Made at its first use. */
export function userTokenFile(): string {
  const file = userTokenPath();
  if (!existsSync(file)) makeTokenFile(file);
  return file;
}

/** Where it is, or will be. */
export function userTokenPath(): string {
  const base = process.env.XDG_CONFIG_HOME || join(homedir(), '.config');
  return join(base, 'pyworkers', 'token');
}

/** Whoever comes first makes it, whole or not at all; all others find that one. */
export function makeTokenFile(file: string, options: { isReplaced?: boolean } = {}): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeToken(file, options);
  } catch (cause) {
    throw new TokenError(
      `The token file ${file} cannot be made (${(cause as Error).message}). Set ${TOKEN_VARIABLE}, or name a file with tokenFile or --token-file.`,
      { cause },
    );
  }
}

function writeToken(file: string, options: { isReplaced?: boolean }): void {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, `${newToken()}\n`, { mode: 0o600, flag: 'wx' });
  try {
    if (options.isReplaced) renameSync(draft, file);
    else linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** What a key is made for: a listener of one role does not accept the key of the other. */
export type KeyRole = 'server' | 'listener';

export function keyOf(token: string, role: KeyRole): Buffer {
  return Buffer.from(hkdfSync('sha256', token, 'pyworkers', `link 1 ${role}`, TOKEN_BYTES));
}

/** Owner and mode are those of the very file that is read. */
export function readToken(file: string): string {
  const descriptor = opened(file);
  try {
    if (process.platform !== 'win32') checkOwner(descriptor, file);
    return checked(readFileSync(descriptor, 'utf8').trim(), `The token file ${file}`);
  } finally {
    closeSync(descriptor);
  }
}

function opened(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (cause) {
    throw new TokenError(`The token file ${file} cannot be read: ${(cause as Error).message}.`, { cause });
  }
}

function checkOwner(descriptor: number, file: string): void {
  const { uid, mode } = fstatSync(descriptor);
  if (uid !== userInfo().uid) throw new TokenError(`The token file ${file} belongs to another user (id ${uid}).`);
  if (mode & OTHERS_BITS) {
    throw new TokenError(
      `The token file ${file} can be read or written by others: chmod 600 ${file}, then make a new token with pyw-server token --rotate.`,
    );
  }
}

function checked(token: string, where: string): string {
  if (Buffer.byteLength(token) >= TOKEN_BYTES_MIN) return token;
  const problem = token === '' ? 'is empty' : `has fewer than ${TOKEN_BYTES_MIN} bytes`;
  throw new TokenError(`${where} ${problem}: a token is a long random text, such as pyw-server token prints.`);
}
