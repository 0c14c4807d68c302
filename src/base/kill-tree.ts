import { setTimeout as sleep } from 'node:timers/promises';
import { processesWith } from './marked-processes.js';
import { descendantsOf, groupOf, isThere, type ProcessRef, signalEach, signalGroup } from './process-tree.js';

const KILL_AFTER_MS = 300;
const GONE_WAIT_MS = 1000;
const POLL_MS = 5;
const ROUNDS_MAX = 10;

/**
 * Ends a process that leads a group of its own, and everything it started: SIGTERM, then SIGKILL. Also those that left
 * the group, if they were its descendants when this began. Resolves when they are gone.
 */
export async function killTree(leaderPid: number, leaderGone: Promise<unknown>): Promise<void> {
  if (process.platform === 'win32') return killTreeOnWindows(leaderPid);
  const tree: ProcessRef[] = descendantsOf(leaderPid);
  signalGroup(leaderPid, 'SIGTERM');
  signalEach(tree, 'SIGTERM');
  await Promise.race([leaderGone, sleep(KILL_AFTER_MS, undefined, { ref: false })]);
  await gone(killTreeNow(leaderPid, tree));
}

/** Ends whatever a process that is gone has left in its group, at once. Resolves when that is gone, too. */
export async function killLeftBehind(leaderPid: number): Promise<void> {
  if (signalGroup(leaderPid, 'SIGKILL')) await gone(groupOf(leaderPid));
}

/**
 * Ends all that have this mark in their environment, with their descendants, at once: on Linux whoever a process that is gone
 * has started, also in a group or session of its own. Resolves when they are gone, and those that they started meanwhile.
 */
export async function killMarked(mark: string, leaderPid: number): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const marked = processesWith(mark, leaderPid);
    if (marked.length === 0) return;
    const all = marked.flatMap((each) => [each, ...descendantsOf(each.pid)]);
    signalEach(all, 'SIGKILL');
    await gone(all);
  }
}

/** A signal takes effect a little later. */
async function gone(killed: readonly ProcessRef[]): Promise<void> {
  const giveUpAt = performance.now() + GONE_WAIT_MS;
  while (killed.some(isThere) && performance.now() < giveUpAt) await sleep(POLL_MS);
}

/** Without asking. `tree` is who was seen before; gives everybody who was signalled. */
export function killTreeNow(leaderPid: number, tree: readonly ProcessRef[] = []): ProcessRef[] {
  const all = [...tree, ...descendantsOf(leaderPid)];
  signalEach(all, 'SIGKILL');
  signalGroup(leaderPid, 'SIGKILL');
  return all;
}

async function killTreeOnWindows(pid: number): Promise<void> {
  const { default: treeKill } = await import('tree-kill');
  await new Promise((resolve) => treeKill(pid, 'SIGKILL', resolve)); // taskkill /T /F
}
