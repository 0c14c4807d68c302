import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'pyworkers';
import * as behaviours from '../fixtures/behaviours.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('Many workers', () => {
  it('500 started at once all end well', async function () {
    this.timeout(120_000);
    const kinds = ['thread', 'thread', 'thread', 'inline', 'inline'] as const;
    const workers = Array.from(
      { length: 460 },
      (_, i) => new Worker(kinds[i % kinds.length] ?? 'thread', behaviours.square, [i]),
    );
    workers.push(...Array.from({ length: 40 }, (_, i) => new Worker('process', behaviours.square, [460 + i])));
    const values = await Promise.all(workers.map((worker) => worker.value()));
    assert.deepEqual(
      values,
      values.map((_, i) => i * i),
    );
  });

  it('5,000 one after the other leak neither memory nor handles', async function () {
    this.timeout(300_000);
    const run = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) {
        const kind = i % 100 === 0 ? 'process' : i % 4 === 1 ? 'inline' : 'thread';
        const reuseThread = i % 4 > 1;
        assert.equal(await new Worker(kind, behaviours.square, [i], { reuseThread }).value(), i * i);
      }
    };
    await run(200);
    const before = usage();
    await run(5000);
    const after = usage();
    assert.ok(after.heapMb - before.heapMb < 20, `${before.heapMb} MB, then ${after.heapMb} MB`);
    assert.ok(after.handles - before.handles <= 5, `${before.handles} handles, then ${after.handles}`);
  });
});

function usage(): { heapMb: number; handles: number } {
  collectGarbage();
  return { heapMb: process.memoryUsage().heapUsed / 1024 / 1024, handles: process.getActiveResourcesInfo().length };
}
