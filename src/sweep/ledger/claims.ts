import { closeSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import type { Layout } from './layout.js';
import { codeOf } from './ledger-error.js';
import type { Owner } from './owner.js';
import { nameWhole, removeFile, textOf, writeNew } from './whole-file.js';

/** A task's folder that is this driver's to work in. */
export interface Claim {
  readonly path: string;
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
 * Which driver works at a task: the one that made `running.json` in its folder. The file is there as a whole or not at
 * all. What a dead driver left is inherited: each claim has at most one heir, whose file `running.json.after-<token>` can be made
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

  /** Claims a folder that is there. Gives who has it, where that driver is alive. */
  claim(path: string, about: Readonly<Record<string, unknown>>): Claim | { readonly heldBy: string } {
    this.#count += 1;
    const { driver, since: _, ...owner } = this.#owner;
    const head = `{"driver":"${driver}","claim":${this.#count},`;
    const text = `${head}${JSON.stringify({ ...about, ...owner }).slice(1)}\n`;
    const claim = { path, head, size: Buffer.byteLength(text) };
    const unnamed = this.#layout.unnamed(driver);
    writeNew(unnamed, text);
    try {
      while (!nameWhole(unnamed, `${path}/running.json`)) {
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
    if (this.isMine(claim)) removeFile(`${claim.path}/running.json`);
  }

  /** The claim becomes the task's status: one file does both, so that nothing has to be removed. */
  finish(claim: Claim, body: string): void {
    const running = `${claim.path}/running.json`;
    const text = Buffer.from(`${(claim.head + body).padEnd(claim.size - 1)}\n`);
    const file = openSync(running, 'r+');
    try {
      for (let at = 0; at < text.length; ) at += writeSync(file, text, at, text.length - at, at);
    } finally {
      closeSync(file);
    }
    renameSync(running, `${claim.path}/status.json`);
  }

  /** False where it was inherited by a driver that took this one for dead. */
  isMine(claim: Claim): boolean {
    return textOf(`${claim.path}/running.json`)?.startsWith(claim.head) === true;
  }

  #inherit(claim: Claim, unnamed: string): 'mine' | 'again' | { heldBy: string } {
    const chain = chainOf(claim.path);
    const last = chain.at(-1);
    if (!last) return 'again'; // it has just ended
    if (last.driver === undefined ? this.#mayBeInTheMaking(claim.path) : this.#isAtWork(last.driver)) {
      return { heldBy: last.driver ?? 'unknown' };
    }
    const heir = heirOf(claim.path, last.token);
    if (!nameWhole(unnamed, heir)) return 'again';
    if (chainOf(claim.path).at(-1)?.token !== tokenIn(claim.head)) {
      removeFile(heir); // the claim was another one by then
      return 'again';
    }
    renameSync(unnamed, `${claim.path}/running.json`);
    for (const { token } of chain) removeFile(heirOf(claim.path, token));
    return 'mine';
  }

  /** Where there are no hard links, a file is there before its text is. */
  #mayBeInTheMaking(path: string): boolean {
    const age = Date.now() - (statSync(`${path}/running.json`, { throwIfNoEntry: false })?.mtimeMs ?? 0);
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

function chainOf(path: string): Holder[] {
  const chain: Holder[] = [];
  for (let next = `${path}/running.json`; ; ) {
    const holder = holderOf(next);
    if (!holder) return chain;
    chain.push(holder);
    next = heirOf(path, holder.token);
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

function heirOf(path: string, token: string): string {
  return `${path}/running.json.after-${token}`;
}
