import assert from 'node:assert/strict';
import { PersistentRemoteWorker } from 'pyworkers';
import * as behaviours from '../fixtures/behaviours.js';
import { eventually } from '../support/eventually.js';
import { childrenOf } from '../support/processes.js';
import { ServerProcess, testToken } from '../support/server-process.js';

const CROWD = 200;

describe('A crowd of remote workers', function () {
  this.timeout(180_000);

  for (const count of [1, 20]) {
    it(`is ${CROWD} on ${count === 1 ? 'one server' : `${count} servers`}, all at once`, async () => {
      const servers = await Promise.all(Array.from({ length: count }, () => ServerProcess.start()));
      try {
        const workers = Array.from({ length: CROWD }, (_, i) => {
          const host = servers[i % count]?.address as string;
          return new PersistentRemoteWorker(behaviours.square, { host, token: testToken, connectTimeoutMs: 120_000 });
        });
        assert.deepEqual(
          await Promise.all(workers.map((worker, i) => worker.call(i))),
          workers.map((_, i) => i * i),
        );
        for (const { pid } of servers) assert.equal(childrenOf(pid).length, CROWD / count);
        for (const worker of workers) worker.close();
        for (const worker of workers) assert.equal(await worker.value(), 1);
        await eventually(() => servers.every(({ pid }) => childrenOf(pid).length === 0), 20_000);
      } finally {
        await Promise.all(servers.map((server) => server.stop()));
      }
    });
  }
});
