import { readFileSync } from 'node:fs';
import { Pool } from 'pyworkers';
import { ms, perSecond, row, takeTurns, timed, times } from '../measure.mjs';
import { pools } from '../peers/pools.mjs';
import { startServer } from '../server.mjs';
import { noop, spin } from '../tasks.mjs';

const SIZE = 2;
const INPUTS = 1_000_000;
const PEER_INPUTS = 20_000;
const ROUNDS = 5;
const KB = 1024;
const threadPeers = ['tinypool thread', 'piscina', 'workerpool thread', 'poolifier thread'];
const processPeers = ['tinypool child_process', 'workerpool process'];
const sideBySide = { concurrentTasksPerWorker: 16 };

const upTo = (n) => Array.from({ length: n }, (_, i) => i);
const rows = [];

/** Opens what is compared, compares, closes it. `isAlone`: peers take one task at a time, as they do by default. */
async function beside({ target, ours, peers, isAlone = false }, compare) {
  const opened = {};
  for (const [name, members] of Object.entries(ours)) opened[name] = await Pool.of(target, members);
  for (const name of peers) {
    const takesSeveral = name.startsWith('tinypool') || name === 'piscina';
    opened[name] = pools[name](takesSeveral && !isAlone ? sideBySide : undefined, SIZE);
  }
  try {
    return await compare(opened);
  } finally {
    for (const pool of Object.values(opened)) await pool.close();
  }
}

const bestOf = (figures, names, pick = Math.max) => {
  const value = pick(...names.map((name) => figures[name]));
  return { value, name: names.find((name) => figures[name] === value) };
};
const list = (figures, names, print) => names.map((name) => `${name} ${print(figures[name])}`).join(', ');

/** How many calls of noop a second. */
async function rates(ours, peers) {
  const numbers = upTo(INPUTS);
  return beside({ target: noop, ours, peers }, async (opened) => {
    const contestants = Object.fromEntries(
      Object.entries(opened).map(([name, pool]) => {
        const inputs = name in ours ? numbers : numbers.slice(0, PEER_INPUTS);
        const run =
          name in ours ? () => pool.run(inputs) : () => Promise.all(inputs.map((input) => pool.run('noop', input)));
        return [name, async () => (1000 * inputs.length) / (await timed(run))];
      }),
    );
    await takeTurns(1, contestants);
    return takeTurns(ROUNDS, contestants);
  });
}

async function noops() {
  const server = await startServer();
  process.env.PYW_TOKEN = server.token;
  const ours = {
    threads: { threads: SIZE },
    processes: { processes: SIZE },
    remotes: { remotes: upTo(SIZE).map(() => server.address) },
  };
  const figures = await rates(ours, [...threadPeers, ...processPeers]);
  await server.stop();
  for (const [kind, peers, factor] of [
    ['threads', threadPeers, 8],
    ['processes', processPeers, 15],
  ]) {
    const ratio = figures[kind] / bestOf(figures, peers).value;
    const what = `run() over 1,000,000 numbers, ${SIZE} ${kind}`;
    const here = `${perSecond(figures[kind])}, ${times(ratio)}`;
    rows.push(row(what, here, list(figures, peers, perSecond), `>= ${factor}x the best`, ratio >= factor));
  }
  const { remotes } = figures;
  rows.push(
    row(
      `run() over 1,000,000 numbers, ${SIZE} remote workers`,
      perSecond(remotes),
      "the Python ancestor's 9 k/s",
      '>= 15x',
      remotes >= 135_000,
    ),
  );
}

/** Calls that take their time, once the engine has compiled everybody's code: `SIZE` callers, each with one call at a time, and all calls at once. */
async function cpuTasks(durationMs, count, warmUpRounds) {
  const latencies = {};
  const figures = await beside(
    { target: spin, ours: { threads: { threads: SIZE } }, peers: threadPeers, isAlone: true },
    async (opened) => {
      const contestants = {};
      for (const [name, pool] of Object.entries(opened)) {
        const call = name === 'threads' ? (input) => pool.call(input) : (input) => pool.run('spin', input);
        latencies[name] = [];
        const caller = async () => {
          for (let i = 0; i < count / SIZE; i++) latencies[name].push(await timed(() => call(durationMs)));
        };
        contestants[name] = async () => (1000 * count) / (await timed(() => Promise.all(upTo(SIZE).map(caller))));
      }
      await takeTurns(warmUpRounds, contestants);
      for (const list of Object.values(latencies)) list.length = 0;
      return takeTurns(ROUNDS, contestants);
    },
  );
  const perSec = (value) => `${value.toFixed(value < 100 ? 2 : 0)}/s`;
  const rate = bestOf(figures, threadPeers);
  rows.push(
    row(
      `${count} calls of ${durationMs} ms, ${SIZE} threads`,
      `${perSec(figures.threads)}, ${times(figures.threads / rate.value)}`,
      list(figures, threadPeers, perSec),
      '>= the best',
      figures.threads >= 0.995 * rate.value,
    ),
  );
  const p99 = Object.fromEntries(
    Object.entries(latencies).map(([name, list]) => [name, list.sort((a, b) => a - b)[Math.floor(list.length * 0.99)]]),
  );
  const tail = bestOf(p99, threadPeers, Math.min);
  rows.push(
    row(
      `the slowest hundredth of them`,
      `${ms(p99.threads)}, ${times(p99.threads / tail.value)}`,
      list(p99, threadPeers, ms),
      '<= the best',
      p99.threads <= 1.005 * tail.value,
    ),
  );
}

async function mixedDurations() {
  const durations = upTo(300).map((i) => 4 * Math.exp(2 * Math.sin(i * 12.9898)));
  const ideal = Math.max(...durations, durations.reduce((a, b) => a + b) / SIZE);
  const pool = await Pool.of(spin, { threads: SIZE });
  await pool.run(durations.slice(0, 100));
  const { taken } = await takeTurns(ROUNDS, { taken: () => timed(() => pool.run(durations)) });
  await pool.close();
  const ratio = taken / ideal;
  rows.push(
    row(
      `300 calls of ${ms(Math.min(...durations))} to ${ms(Math.max(...durations))}, ${SIZE} threads`,
      `${ms(taken)}, ${times(ratio)}`,
      `nobody could be faster than ${ms(ideal)}`,
      '<= 1.05x',
      ratio <= 1.05,
    ),
  );
}

async function payloads(bytes, count) {
  const ours = { threads: { threads: SIZE }, processes: { processes: SIZE } };
  const figures = await beside({ target: noop, ours, peers: [...threadPeers, ...processPeers] }, async (opened) => {
    const inputs = upTo(count).map(() => Buffer.alloc(bytes, 7));
    const contestants = Object.fromEntries(
      Object.entries(opened).map(([name, pool]) => {
        const run = () =>
          name in ours ? pool.run(inputs) : Promise.all(inputs.map((input) => pool.run('noop', input)));
        return [name, async () => (await timed(run)) / count];
      }),
    );
    await takeTurns(1, contestants);
    return takeTurns(ROUNDS, contestants);
  });
  for (const [kind, peers] of [
    ['threads', threadPeers],
    ['processes', processPeers],
  ]) {
    const ratio = figures[kind] / bestOf(figures, peers, Math.min).value;
    const size = bytes < KB * KB ? `${bytes / KB} KB` : `${bytes / KB / KB} MB`;
    const here = `${ms(figures[kind])}, ${times(ratio)}`;
    rows.push(
      row(
        `Buffers of ${size} there and back, ${SIZE} ${kind}`,
        here,
        list(figures, peers, ms),
        '<= the best',
        ratio <= 1,
      ),
    );
  }
}

/** What one more idle worker costs, in megabytes: of this process, and of a process of its own. */
async function idleMemory() {
  const count = 8;
  const ownMb = (pid) =>
    Number(/Private_Dirty:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]) / KB;
  const here = async (open) => {
    const before = ownMb(process.pid);
    const pool = await open();
    const cost = (ownMb(process.pid) - before) / count;
    await pool.close();
    return cost;
  };
  const warmed = async (name) => {
    const pool = pools[name](undefined, count);
    await Promise.all(upTo(count * 4).map((i) => pool.run('noop', i)));
    return pool;
  };
  const threads = await here(() => Pool.of(noop, { threads: count }));
  const peers = {};
  for (const name of threadPeers) peers[name] = await here(() => warmed(name));
  const pool = await Pool.of(noop, { processes: 1 });
  const processMb = ownMb(pool.workers[0].id.pid);
  await pool.close();
  const print = (value) => `${value.toFixed(1)} MB`;
  rows.push(row('an idle thread', print(threads), list(peers, threadPeers, print), '', true));
  rows.push(row('an idle process', print(processMb), 'memory of its own', '', true));
}

/** What a call costs this process, with few and with many workers. */
async function scaling() {
  const server = await startServer();
  process.env.PYW_TOKEN = server.token;
  const inputs = upTo(600_000);
  const costs = {};
  for (const size of [1, 8, 64]) {
    const pool = await Pool.of(noop, { remotes: upTo(size).map(() => server.address) });
    const once = async () => {
      const before = process.cpuUsage();
      await pool.run(inputs);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / inputs.length;
    };
    await takeTurns(1, { once });
    costs[size] = (await takeTurns(3, { once })).once;
    await pool.close();
  }
  await server.stop();
  const ratio = costs[64] / costs[1];
  rows.push(
    row(
      'processor time of the driver a call, 64 remote workers',
      `${costs[64].toFixed(2)} us, ${times(ratio)}`,
      `1 worker ${costs[1].toFixed(2)} us, 8 workers ${costs[8].toFixed(2)} us`,
      'flat: <= 1.3x',
      ratio <= 1.3,
    ),
  );
}

await noops();
await cpuTasks(1, 400, 10);
await cpuTasks(100, 20, 1);
await mixedDurations();
await payloads(64 * KB, 100);
await payloads(4 * KB * KB, 4);
await idleMemory();
await scaling();
export default rows;
