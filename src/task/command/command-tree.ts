import { setTimeout as sleep } from 'node:timers/promises';
import { killTree, killTreeNow } from '../../base/kill-tree.js';
import { processesWith } from '../../base/marked-processes.js';
import { descendantsOf, isThere, type ProcessRef, signalEach, signalGroup } from '../../base/process-tree.js';
import { isGroupAlive } from './process-group.js';

const POLL_MS = 20;
const DRAIN_MS = 250;
const STRAGGLER_GRACE_MS = 1000;
const KILL_ROUNDS = 50;

/**
 * All processes of one command: its leader, the leader's group and descendants, and on Linux all that carry the mark in
 * their environment, also those that have become daemons. Nobody is found who left the group, lost his parent and threw
 * his environment away.
 */
export class CommandTree {
  readonly #leaderPid: number;
  readonly #mark: string;
  readonly #leaderGone: Promise<unknown>;
  #leaderIsGone = false;

  constructor(leaderPid: number, options: { readonly mark: string; readonly leaderGone: Promise<unknown> }) {
    this.#leaderPid = leaderPid;
    this.#mark = options.mark;
    this.#leaderGone = options.leaderGone.then(() => {
      this.#leaderIsGone = true;
    });
  }

  /** SIGTERM, once to each; SIGKILL after `graceMs` to whoever is left. Resolves when all are gone. */
  async end(graceMs: number): Promise<void> {
    if (process.platform === 'win32') return killTree(this.#leaderPid, this.#leaderGone);
    this.#terminate();
    await this.#goneWithin(graceMs);
    await this.#kill();
  }

  /**
   * For after the leader's end. Those it left behind have 250 ms to end by themselves, such as the `tee` of a
   * `> >(tee file)`; then they are ended. Gives whether somebody had to be.
   */
  async endStragglers(graceMs: number): Promise<boolean> {
    if (process.platform === 'win32' || (await this.#goneWithin(DRAIN_MS))) return false;
    this.#terminate();
    await this.#goneWithin(Math.min(graceMs, STRAGGLER_GRACE_MS));
    await this.#kill();
    return true;
  }

  /** Everybody that can be found now, but for the leader. */
  #others(): ProcessRef[] {
    const ofLeader = this.#leaderIsGone ? [] : descendantsOf(this.#leaderPid);
    const marked = processesWith(this.#mark, this.#leaderPid).filter(({ pid }) => pid !== this.#leaderPid);
    const known = new Set(ofLeader.map(({ pid }) => pid));
    const more = marked.filter(({ pid }) => !known.has(pid)).flatMap((each) => [each, ...descendantsOf(each.pid)]);
    return [...new Map([...ofLeader, ...more].map((each) => [each.pid, each])).values()];
  }

  #terminate(): void {
    if (process.platform !== 'linux') {
      signalGroup(this.#leaderPid, 'SIGTERM');
      return;
    }
    const others = this.#others(); // before the leader ends and they are nobody's children any more
    if (!this.#leaderIsGone) signalOne(this.#leaderPid, 'SIGTERM');
    signalEach(others, 'SIGTERM');
  }

  /** Who forks meanwhile is found in the next round. */
  async #kill(): Promise<void> {
    for (let round = 0; round < KILL_ROUNDS && this.#isAlive(); round++) {
      killTreeNow(this.#leaderPid, this.#others());
      await this.#goneWithin(2 * POLL_MS);
    }
    await this.#leaderGone; // SIGKILL cannot be refused; a leader in the kernel's hands may take its time
  }

  async #goneWithin(ms: number): Promise<boolean> {
    const giveUpAt = performance.now() + ms;
    while (this.#isAlive()) {
      if (performance.now() >= giveUpAt) return false;
      await Promise.race([sleep(POLL_MS), ...(this.#leaderIsGone ? [] : [this.#leaderGone])]);
    }
    return true;
  }

  #isAlive(): boolean {
    return !this.#leaderIsGone || isGroupAlive(this.#leaderPid) || this.#others().some(isThere);
  }
}

function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it ended meanwhile
  }
}
