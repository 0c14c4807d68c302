import { Worker } from 'pyworkers';
import { eventually } from './eventually.js';
import { longLived } from './long-lived.js';
import { childrenOf, commandOf } from './processes.js';

/** What keeps this process from ending, but for timers and what is there from the start. */
function handles(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => !['Timeout', 'Immediate', 'TickObject', 'TTYWrap', 'PipeWrap', 'CloseReq'].includes(name));
}

/** What is there now and was not at the start. */
function handlesLeft(): string[] {
  const known = [...atStart];
  return handles().filter((name) => {
    const at = known.indexOf(name);
    if (at >= 0) known.splice(at, 1);
    return at < 0;
  });
}

let atStart: readonly string[] = [];

/** After every test no worker is alive and no child process is left; after every file, no handle. */
export const mochaHooks = {
  beforeAll(): void {
    atStart = handles();
  },
  async afterEach(): Promise<void> {
    await eventually(
      () =>
        Worker.active().length === 0 && childrenOf(process.pid).every((pid) => longLived.has(pid) && hasNoWorkers(pid)),
    );
  },
  async afterAll(): Promise<void> {
    await eventually(() => handlesLeft().length === 0).catch(() => {
      throw new Error(`Handles are left: ${handlesLeft().join(' ')}`);
    });
  },
};

/** A server has no children but workers; an sshd has sessions, and these have servers; a browser is many processes. */
function hasNoWorkers(pid: number): boolean {
  const children = childrenOf(pid);
  const command = commandOf(pid);
  if (/^\S*chromium/.test(command)) return true;
  if (/^\S*sshd/.test(command)) return children.every(hasNoWorkers);
  return children.length === 0;
}
