import { setTimeout as sleep } from 'node:timers/promises';
import { descendantsOf, type ProcessRef, signalEach, signalGroup } from './process-tree.js';

const KILL_AFTER_MS = 300;

/**
 * Ends a process that leads a group of its own, and everything it started: SIGTERM, then SIGKILL. Also those that left
 * the group, if they were its descendants when this began.
 */
export async function killTree(leaderPid: number, leaderGone: Promise<unknown>): Promise<void> {
  if (process.platform === 'win32') return killTreeOnWindows(leaderPid);
  const tree: ProcessRef[] = descendantsOf(leaderPid);
  signalGroup(leaderPid, 'SIGTERM');
  signalEach(tree, 'SIGTERM');
  await Promise.race([leaderGone, sleep(KILL_AFTER_MS, undefined, { ref: false })]);
  killTreeNow(leaderPid, tree);
}

/** Without asking. `tree` is who was seen before. */
export function killTreeNow(leaderPid: number, tree: readonly ProcessRef[] = []): void {
  const descendants = descendantsOf(leaderPid);
  signalEach([...tree, ...descendants], 'SIGKILL');
  signalGroup(leaderPid, 'SIGKILL');
}

async function killTreeOnWindows(pid: number): Promise<void> {
  const { default: treeKill } = await import('tree-kill');
  await new Promise((resolve) => treeKill(pid, 'SIGKILL', resolve)); // taskkill /T /F
}
