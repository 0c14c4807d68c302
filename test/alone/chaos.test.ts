import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type PersistentWorker, Pool, Worker } from 'pyworkers';
import { restless } from '../fixtures/pool-tasks.js';
import { CuttablePort } from '../support/cuttable-port.js';
import { eventually } from '../support/eventually.js';
import { childrenOf } from '../support/processes.js';
import { Random, seedOf } from '../support/random.js';
import { ServerProcess, testToken } from '../support/server-process.js';

const isShort = process.env.PYW_TEST_ROUTES === 'plain'; // on a second version of Node
const CALLS = isShort ? 5000 : 20_000;
const CHAOS_MS = isShort ? 15_000 : 60_000;
const TIMES_MIN = isShort ? 5 : 20;
const EVERY_MS = 50;
const STOPPED_MS = 300;

describe('A pool in chaos', () => {
  let server: ServerProcess;
  const links: CuttablePort[] = [];
  before(async () => {
    server = await ServerProcess.start();
    process.env.PYW_TOKEN = testToken;
    for (let i = 0; i < 2; i++) links.push(await CuttablePort.open(server));
  });
  after(async () => {
    delete process.env.PYW_TOKEN;
    for (const link of links) link.close();
    await server.stop();
  });

  it(`ends each of ${CALLS} inputs once while every ${EVERY_MS} ms something happens to a worker`, async function () {
    this.timeout(300_000);
    const seed = seedOf();
    process.stderr.write(`\n  Chaos with seed ${seed}\n`);
    const random = new Random(seed);
    await using pool = await Pool.of(
      restless,
      { threads: 2, processes: 2, remotes: links.map(({ address }) => address) },
      { retry: { attempts: 1000 }, respawn: { max: 1_000_000, backoffMs: 5 } },
    );
    const endsAt = performance.now() + CHAOS_MS;
    const chaos = spread(pool, links, random, endsAt);
    function* inputs(): Generator<[number, number]> {
      for (let i = 0; i < CALLS || performance.now() < endsAt; i++) yield [i, random.below(8)];
    }
    const seen = new Set<number>();
    for await (const item of pool.stream(inputs(), { spread: true })) {
      assert.ok(!seen.has(item.index), `input ${item.index} ended twice (seed ${seed})`);
      seen.add(item.index);
      assert.ok(item.type === 'returned', `input ${item.index}: ${JSON.stringify(item)} (seed ${seed})`);
      assert.equal(item.value, 2 * item.index);
    }
    const happened = await chaos;
    process.stderr.write(`  ${seen.size} calls; ${JSON.stringify(happened)}\n`);
    for (let i = 0; i < CALLS; i++) assert.ok(seen.has(i), `input ${i} was lost (seed ${seed})`);
    for (const [what, times] of Object.entries(happened)) assert.ok(times > TIMES_MIN, `${what} ${times} times`);
    await pool.close();
    assert.equal(Worker.active().length, 0);
    await eventually(() => childrenOf(process.pid).length === 1 && childrenOf(server.pid).length === 0);
  });
});

async function spread(pool: Pool<typeof restless>, links: readonly CuttablePort[], random: Random, endsAt: number) {
  const happened = { killed: 0, stopped: 0, cut: 0, ended: 0 };
  while (performance.now() < endsAt) {
    await sleep(EVERY_MS);
    const worker = random.oneOf(pool.workers as [PersistentWorker, ...PersistentWorker[]]);
    const pid = worker.id?.pid;
    if (worker.kind === 'thread') {
      happened.ended += 1;
      void worker.terminate({ graceMs: 0 });
    } else if (worker.kind === 'remote' && random.isOnceIn(3)) {
      happened.cut += 1;
      random.oneOf(links as [CuttablePort, ...CuttablePort[]]).cut();
    } else if (pid && random.isOnceIn(2)) {
      happened.stopped += signal(pid, 'SIGSTOP');
      void sleep(random.below(STOPPED_MS)).then(() => signal(pid, 'SIGCONT'));
    } else if (pid) happened.killed += signal(pid, 'SIGKILL');
  }
  await sleep(STOPPED_MS);
  return happened;
}

function signal(pid: number, name: NodeJS.Signals): 0 | 1 {
  try {
    process.kill(pid, name);
    return 1;
  } catch {
    return 0; // it has just gone
  }
}
