import assert from 'node:assert/strict';
import { LinkError, RemoteWorker, type WorkerLostError } from 'pyworkers';
import * as behaviours from '../fixtures/behaviours.js';
import { begun } from '../support/begun.js';
import { CutNetwork } from '../support/cut-network.js';
import { eventually } from '../support/eventually.js';
import { childrenOf } from '../support/processes.js';
import { on } from '../support/remote.js';
import { ServerProcess } from '../support/server-process.js';

const BOUND_MS = 1000;

describe('When the network between a caller and its remote workers is cut', () => {
  let network: CutNetwork | undefined;
  before(function () {
    network = CutNetwork.make();
    if (network) return;
    process.stderr.write('\n  Network namespaces are not permitted here: the test with a cut network is skipped.\n');
    this.skip();
  });
  after(() => network?.remove());

  it('both sides learn it within the bound, and nothing goes on over there', async () => {
    const { far, there } = network as CutNetwork;
    const server = await ServerProcess.start(['--host', far, '--heartbeat', String(BOUND_MS / 1000)], {}, there);
    try {
      const options = { ...on(server), heartbeatMs: BOUND_MS };
      const workers = [behaviours.busy, behaviours.deaf].map((target) => new RemoteWorker(target, [], options));
      await Promise.all(workers.map(begun));
      assert.equal(childrenOf(server.pid).length, 2);
      network?.cut();
      const cutAt = performance.now();
      for (const worker of workers) {
        const outcome = await worker.outcome();
        assert.ok(outcome.type === 'lost');
        const { cause } = outcome.error as WorkerLostError;
        assert.ok(cause instanceof LinkError && cause.code === 'ERR_LINK_SILENT', String(cause));
      }
      assert.ok(performance.now() - cutAt < 2 * BOUND_MS + 1000);
      await eventually(() => childrenOf(server.pid).length === 0, BOUND_MS + 5000);
    } finally {
      await server.stop();
    }
  });
});
