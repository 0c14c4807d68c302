import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ProcessWorker, ThreadWorker } from 'pyworkers';
import { ms, row, sleep, takeTurns, timed, times } from '../measure.mjs';
import { pools } from '../peers/pools.mjs';
import { noop } from '../tasks.mjs';

const ROUNDS = 15;
const peer = (name) => new URL(`../peers/${name}`, import.meta.url);
const cold = (name) => async () => {
  const pool = pools[name]();
  const taken = await timed(() => pool.run('noop', 1));
  await pool.close();
  return taken;
};

await new ThreadWorker(noop, [1]).value(); // opens the supply
const opened = {
  piscina: pools.piscina(),
  tinypool: pools['tinypool thread'](),
  workerpool: pools['workerpool thread'](),
  workerpoolProcess: pools['workerpool process'](),
};
for (const pool of Object.values(opened)) await pool.run('noop', 1);
const warm = (name) => () => timed(() => opened[name].run('noop', 1));
const figures = await takeTurns(ROUNDS, {
  async warm() {
    await sleep(250); // spares are being loaded
    return timed(() => new ThreadWorker(noop, [1]).value());
  },
  coldThread: () => timed(() => new ThreadWorker(noop, [1], { execArgv: [] }).value()),
  async bareThread() {
    let thread;
    const taken = await timed(async () => {
      thread = new Worker(peer('bare-thread.mjs'));
      await once(thread, 'message');
    });
    await thread.terminate();
    return taken;
  },
  process: () => timed(() => new ProcessWorker(noop, [1]).value()),
  async bareProcess() {
    let child;
    const taken = await timed(async () => {
      child = fork(peer('bare-process.mjs'));
      await once(child, 'message');
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    return taken;
  },
  piscinaWarm: warm('piscina'),
  tinypoolWarm: warm('tinypool'),
  workerpoolWarm: warm('workerpool'),
  workerpoolProcessWarm: warm('workerpoolProcess'),
  piscinaCold: cold('piscina'),
  tinypoolCold: cold('tinypool thread'),
  workerpoolCold: cold('workerpool thread'),
  workerpoolProcessCold: cold('workerpool process'),
});
for (const pool of Object.values(opened)) await pool.close();

const threadRatio = figures.coldThread / figures.bareThread;
const processRatio = figures.process / figures.bareProcess;
const coldThreads = `bare Worker's first message ${ms(figures.bareThread)}; cold: piscina ${ms(figures.piscinaCold)}, tinypool ${ms(figures.tinypoolCold)}, workerpool ${ms(figures.workerpoolCold)}`;
export default [
  row(
    'one-shot thread, warm',
    ms(figures.warm),
    `a call in a pool that is open (no new worker): piscina ${ms(figures.piscinaWarm)}, tinypool ${ms(figures.tinypoolWarm)}, workerpool ${ms(figures.workerpoolWarm)}`,
    '<= 1.5 ms',
    figures.warm <= 1.5,
  ),
  row(
    'one-shot thread, cold',
    `${ms(figures.coldThread)}, ${times(threadRatio)}`,
    coldThreads,
    '<= 1.3x bare',
    threadRatio <= 1.3,
  ),
  row(
    'one-shot process',
    `${ms(figures.process)}, ${times(processRatio)}`,
    `bare fork's first message ${ms(figures.bareProcess)}; cold: workerpool ${ms(figures.workerpoolProcessCold)}; a call in a pool that is open: ${ms(figures.workerpoolProcessWarm)}`,
    '<= 1.3x bare',
    processRatio <= 1.3,
  ),
];
