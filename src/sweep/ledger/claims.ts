import { closeSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { makeFolder } from '../../base/make-folder.js';
import type { Layout } from './layout.js';
import { codeOf } from './ledger-error.js';
import type { Owner } from './owner.js';
import { nameWhole, removeFile, textOf, writeNew } from './whole-file.js';

/** A task that is this driver's to work at. */
export interface Claim {
  readonly file: string;
  /** What the file begins with, now and when it has become the status. */
  readonly head: string;
  readonly size: number;
}

/** Who has a claim: `token` is said once, of one claim ever. */
interface Holder {
  readonly driver: string | undefined;
  readonly token: string;
}

/**
 * Which driver works at a task: the one that made the file with the task's id in its name. The file is there as a whole or not at
 * all. What a dead driver left is inherited: each claim has at most one heir, whose file `<id>.json.after-<token>` can be made
 * once; a dead heir has one itself. The last of that chain is the owner, and tidies the chain away.
 */
export class Claims {
  readonly #layout: Layout;
  readonly #owner: Owner;
  readonly #isAtWork: (driver: string) => boolean;
  #count = 0;

  constructor(layout: Layout, owner: Owner, isAtWork: (driver: string) => boolean) {
    this.#layout = layout;
    this.#owner = owner;
    this.#isAtWork = isAtWork;
  }

  /** Gives who has it, where that driver is alive. */
  claim(id: string, about: Readonly<Record<string, unknown>>): Claim | { readonly heldBy: string } {
    this.#count += 1;
    const { driver, since: _, ...owner } = this.#owner;
    const head = `{"driver":"${driver}","claim":${this.#count},`;
    const text = `${head}${JSON.stringify({ id, ...about, ...owner }).slice(1)}\n`;
    const claim = { file: this.#layout.claim(id), head, size: Buffer.byteLength(text) };
    const unnamed = this.#layout.unnamed(driver);
    writeNew(unnamed, text);
    try {
      while (!nameWhole(unnamed, claim.file)) {
        const held = this.#inherit(claim, unnamed);
        if (held === 'mine') return claim;
        if (held !== 'again') return held;
      }
      return claim;
    } finally {
      removeFile(unnamed);
    }
  }

  /** Gives it back; nothing has happened. */
  release(claim: Claim): void {
    if (this.isMine(claim)) removeFile(claim.file);
  }

  /** The claim becomes the status in the task's folder: one file does both, so that nothing has to be removed. */
  finish({ file: claimed, head, size }: Claim, folder: string, body: string): void {
    const text = Buffer.from(`${(head + body).padEnd(size - 1)}\n`);
    const file = openSync(claimed, 'r+');
    try {
      for (let at = 0; at < text.length; ) at += writeSync(file, text, at, text.length - at, at);
    } finally {
      closeSync(file);
    }
    moveInto(folder, claimed);
  }

  /** False where it was inherited by a driver that took this one for dead. */
  isMine(claim: Claim): boolean {
    return textOf(claim.file)?.startsWith(claim.head) === true;
  }

  #inherit(claim: Claim, unnamed: string): 'mine' | 'again' | { heldBy: string } {
    const chain = chainOf(claim.file);
    const last = chain.at(-1);
    if (!last) return 'again'; // it has just ended
    if (last.driver === undefined ? this.#mayBeInTheMaking(claim.file) : this.#isAtWork(last.driver)) {
      return { heldBy: last.driver ?? 'unknown' };
    }
    const heir = heirOf(claim.file, last.token);
    if (!nameWhole(unnamed, heir)) return 'again';
    if (chainOf(claim.file).at(-1)?.token !== tokenIn(claim.head)) {
      removeFile(heir); // the claim was another one by then
      return 'again';
    }
    renameSync(unnamed, claim.file);
    for (const { token } of chain) removeFile(heirOf(claim.file, token));
    return 'mine';
  }

  /** Where there are no hard links, a file is there before its text is. */
  #mayBeInTheMaking(file: string): boolean {
    const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    return age < inTheMakingMsMax;
  }
}

const inTheMakingMsMax = 10_000;

/** Which driver has the file of a claim or status; it is said first, so that it can be told from a torn one, too. */
function driverIn(text: string): string | undefined {
  return /^\{"driver":"([^"]+)"/.exec(text)?.[1];
}

function tokenIn(text: string): string | undefined {
  const found = /^\{"driver":"([^"]+)","claim":(\d+),/.exec(text);
  return found ? `${found[1]}-${found[2]}` : undefined;
}

function chainOf(file: string): Holder[] {
  const chain: Holder[] = [];
  for (let next = file; ; ) {
    const holder = holderOf(next);
    if (!holder) return chain;
    chain.push(holder);
    next = heirOf(file, holder.token);
  }
}

function holderOf(file: string): Holder | undefined {
  try {
    const text = textOf(file);
    if (text === undefined) return undefined;
    const token = tokenIn(text);
    if (token !== undefined) return { driver: driverIn(text), token };
    const { ino, mtimeMs } = statSync(file);
    return { driver: undefined, token: `torn-${ino}-${mtimeMs}` };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function heirOf(file: string, token: string): string {
  return `${file}.after-${token}`;
}

/** A task that never came to its worker has no folder yet. */
function moveInto(folder: string, claimed: string): void {
  try {
    renameSync(claimed, `${folder}/status.json`);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || !makeFolder(folder)) throw error;
    renameSync(claimed, `${folder}/status.json`);
  }
}
