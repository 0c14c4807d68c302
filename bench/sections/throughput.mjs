import { PersistentProcessWorker, PersistentThreadWorker } from 'pyworkers';
import { perSecond, row, takeTurns, timed, times } from '../measure.mjs';
import { pools } from '../peers/pools.mjs';
import { noop } from '../tasks.mjs';

const ROUNDS = 7;
const CALLS = 200_000;
const PEER_CALLS = 20_000;
const many = { concurrentTasksPerWorker: 16 };
const opened = {
  piscina: pools.piscina(many),
  'tinypool thread': pools['tinypool thread'](many),
  'workerpool thread': pools['workerpool thread'](),
  'workerpool process': pools['workerpool process'](),
  'tinypool child_process': pools['tinypool child_process'](),
};
const workers = { thread: new PersistentThreadWorker(noop), process: new PersistentProcessWorker(noop) };

const ours = (worker) => async () => {
  const taken = await timed(async () => {
    for (let i = 0; i < CALLS; i++) worker.enqueue(i);
    for await (const _ of worker.resultsIter({ max: CALLS }));
  });
  return (CALLS / taken) * 1000;
};
const theirs = (pool) => async () => {
  const taken = await timed(() => Promise.all(Array.from({ length: PEER_CALLS }, (_, i) => pool.run('noop', i))));
  return (PEER_CALLS / taken) * 1000;
};
const contestants = {
  ...Object.fromEntries(Object.entries(workers).map(([name, worker]) => [name, ours(worker)])),
  ...Object.fromEntries(Object.entries(opened).map(([name, pool]) => [name, theirs(pool)])),
};
await takeTurns(1, contestants);
const figures = await takeTurns(ROUNDS, contestants);
for (const worker of Object.values(workers)) await worker.terminate();
for (const pool of Object.values(opened)) await pool.close();

const bestOf = (names) => Math.max(...names.map((name) => figures[name]));
const list = (names) => names.map((name) => `${name} ${perSecond(figures[name])}`).join(', ');
const threads = ['piscina', 'tinypool thread', 'workerpool thread'];
const processes = ['workerpool process', 'tinypool child_process'];
const line = (what, figure, names, factor) => {
  const ratio = figure / bestOf(names);
  return row(
    what,
    `${perSecond(figure)}, ${times(ratio)}`,
    list(names),
    `>= 400 k/s or ${factor}x`,
    figure >= 400_000 || ratio >= factor,
  );
};
export default [
  line('enqueue() and resultsIter(), one thread', figures.thread, threads, 8),
  line('enqueue() and resultsIter(), one process', figures.process, processes, 20),
];
