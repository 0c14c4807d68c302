/* One cell of the crash matrix, in a process of its own: `crash-cell.mjs ROW RUNNER` prints what became of the caller. */
import { Worker } from 'pyworkers';
import { sleep } from './measure.mjs';
import { pools } from './peers/pools.mjs';
import { exit, fail, hoard, killSelf, loop, unsendable } from './tasks.mjs';

const [, , row, runner] = process.argv;
const tasks = { exit, fail, hoard, killSelf, loop, unsendable };
const LIMITS = { maxOldGenerationSizeMb: 40 };
const BOUND_MS = 5000;

const say = (text) => {
  process.stdout.write(`${text}\n`);
  process.exit(0);
};
process.on('uncaughtException', () => say('caller crashed'));

const ours = (kind) => ({
  run(name, _arg, signal) {
    return new Worker(kind, tasks[name], [], {
      stdio: 'ignore',
      resourceLimits: name === 'hoard' ? LIMITS : undefined,
      signal,
    }).value();
  },
});
const peerOptions = row === 'hoard' ? { resourceLimits: LIMITS } : {};
const { run } = runner.startsWith('pyworkers') ? ours(runner.split(' ')[1]) : pools[runner](peerOptions);

const judge = {
  exit: answered,
  killSelf: answered,
  hoard: answered,
  unsendable: answered,
  fail: fidelity,
  loop: stopped,
  orphan: () => run('loop').catch(() => {}),
};
setTimeout(() => say('hang'), BOUND_MS);
await judge[row](row);

async function answered(name) {
  try {
    await run(name);
    say('silence');
  } catch (error) {
    say(error instanceof Error && error.message ? 'error' : error instanceof Error ? 'empty error' : '`reject({})`');
  }
}

async function fidelity() {
  const error = await run('fail').catch((reason) => reason);
  const kept = [
    error instanceof RangeError && 'class',
    error?.code === 'E_QUOTA' && 'code',
    error?.cause instanceof Error && error.cause.message === 'disk' && 'cause',
  ].filter(Boolean);
  say(kept.join(', ') || 'none kept');
}

async function stopped() {
  const controller = new AbortController();
  const task = run('loop', undefined, controller.signal).catch(() => {});
  await sleep(1000);
  const startedAt = performance.now();
  controller.abort();
  await task;
  say(`${Math.round(performance.now() - startedAt)} ms`);
}
