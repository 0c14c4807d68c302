import { closeSync, linkSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { codeOf } from './ledger-error.js';

/** Replaces a file as a whole: who reads it sees the old text or the new one, never half of one. */
export function writeWhole(path: string, text: string, unnamed: string): void {
  writeNew(unnamed, text);
  renameSync(unnamed, path);
}

/** Gives a whole file, written already, a second name; false where that name is in use. */
export function nameWhole(unnamed: string, path: string): boolean {
  try {
    linkSync(unnamed, path);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return false;
    if (code === undefined || !withoutLinks.has(code)) throw error;
    return copyNew(unnamed, path);
  }
}

/** What a file says; `undefined` where there is none. */
export function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The record a file holds; `undefined` where there is none, or not a whole one. */
export function recordOf(path: string): Record<string, unknown> | undefined {
  return parsed(textOf(path) ?? '');
}

export function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined; // half-written, or not ours
  }
}

/** Writes a text from the start, wholly. */
export function writeNew(path: string, text: string, flags: 'w' | 'wx' | 'r+' = 'w'): void {
  const file = openSync(path, flags, 0o666);
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, at);
  } finally {
    closeSync(file);
  }
}

export function removeFile(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** What file systems say that have no hard links (FAT, some network mounts). */
const withoutLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

function copyNew(unnamed: string, path: string): boolean {
  try {
    writeNew(path, readFileSync(unnamed, 'utf8'), 'wx');
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}
