import { Worker } from 'pyworkers';
import { eventually } from './eventually.js';
import { childrenOf } from './processes.js';
import { isServer } from './server-process.js';

/** After every test: no worker is alive, no child process is left. That no handle is left shows when mocha ends by itself. */
export const mochaHooks = {
  async afterEach(): Promise<void> {
    await eventually(
      () =>
        Worker.active().length === 0 &&
        childrenOf(process.pid).every((pid) => isServer(pid) && childrenOf(pid).length === 0),
    );
  },
};
