import { Worker } from 'pyworkers';
import { eventually } from './eventually.js';
import { longLived } from './long-lived.js';
import { childrenOf, commandOf } from './processes.js';

/** After every test: no worker is alive, no child process is left. That no handle is left shows when mocha ends by itself. */
export const mochaHooks = {
  async afterEach(): Promise<void> {
    await eventually(
      () =>
        Worker.active().length === 0 && childrenOf(process.pid).every((pid) => longLived.has(pid) && hasNoWorkers(pid)),
    );
  },
};

/** A server has no children but workers; an sshd has sessions, and these have servers. */
function hasNoWorkers(pid: number): boolean {
  const children = childrenOf(pid);
  if (/^\S*sshd/.test(commandOf(pid))) return children.every(hasNoWorkers);
  return children.length === 0;
}
