import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Pool } from 'pyworkers';
import { double } from '../fixtures/pool-tasks.js';

const INPUTS = 1_000_000;
const GROWTH_MAX_MB = 50;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What lives on the caller's heap; what is garbage does not count. */
function heapMb(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

describe('A stream', () => {
  it(`of ${INPUTS} inputs keeps the caller's heap within ${GROWTH_MAX_MB} MB`, async function () {
    this.timeout(120_000);
    await using pool = await Pool.of(double, { threads: 1, processes: 1 });
    function* inputs(): Generator<number> {
      for (let i = 0; i < INPUTS; i++) yield i;
    }
    await pool.run(Array.from({ length: 10_000 }, (_, i) => i));
    const before = heapMb();
    let highest = before;
    let count = 0;
    let sum = 0;
    for await (const item of pool.stream(inputs())) {
      assert.ok(item.type === 'returned');
      sum += item.value;
      count += 1;
      if (count % 100_000 === 0) highest = Math.max(highest, heapMb());
    }
    assert.deepEqual([count, sum], [INPUTS, INPUTS * (INPUTS - 1)]);
    assert.ok(highest - before < GROWTH_MAX_MB, `grew by ${highest - before} MB`);
  });
});
