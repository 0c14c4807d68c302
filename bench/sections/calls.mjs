import { PersistentProcessWorker, PersistentThreadWorker } from 'pyworkers';
import { row, takeTurns, timed, times, us } from '../measure.mjs';
import { pools } from '../peers/pools.mjs';
import { noop } from '../tasks.mjs';

const ROUNDS = 9;
const CALLS = 2000;
const opened = {
  piscina: pools.piscina(),
  'workerpool thread': pools['workerpool thread'](),
  'workerpool process': pools['workerpool process'](),
};
const workers = {
  thread: new PersistentThreadWorker(noop),
  process: new PersistentProcessWorker(noop),
  plain: new PersistentProcessWorker(noop, { interruptible: false }),
};
const calls = (call) => async () => {
  const taken = await timed(async () => {
    for (let i = 0; i < CALLS; i++) await call(i);
  });
  return (taken * 1000) / CALLS;
};
const contestants = {
  ...Object.fromEntries(Object.entries(workers).map(([name, worker]) => [name, calls((i) => worker.call(i))])),
  ...Object.fromEntries(Object.entries(opened).map(([name, pool]) => [name, calls((i) => pool.run('noop', i))])),
};
await takeTurns(2, contestants); // warm up
const figures = await takeTurns(ROUNDS, contestants);
for (const worker of Object.values(workers)) await worker.terminate();
for (const pool of Object.values(opened)) await pool.close();

const best = Math.min(figures.piscina, figures['workerpool thread']);
const peer = figures['workerpool process'];
const threads = `piscina ${us(figures.piscina)}, workerpool ${us(figures['workerpool thread'])}`;
export default [
  row(
    'call() to a thread',
    `${us(figures.thread)}, ${times(figures.thread / best)}`,
    threads,
    '<= 1.0x the best',
    figures.thread <= best,
  ),
  row(
    'call() to a process, not interruptible',
    `${us(figures.plain)}, ${times(figures.plain / peer)}`,
    `workerpool process ${us(peer)}`,
    '<= 1.1x',
    figures.plain <= 1.1 * peer,
  ),
  row(
    'call() to a process',
    `${us(figures.process)}, ${times(figures.process / peer)}`,
    `workerpool process ${us(peer)}`,
    '<= 2x',
    figures.process <= 2 * peer,
  ),
];
