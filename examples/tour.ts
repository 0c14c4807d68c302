import { readFileSync } from 'node:fs';
import { type Handle, InlineWorker, ProcessWorker, ThreadWorker } from 'pyworkers';
import { busyJob, countPrimes, politeJob, stubbornJob } from './tour-tasks.js';

console.log('One function, three places. Each time the same object, the same methods, the same outcome.\n');
for (const Kind of [ThreadWorker, ProcessWorker, InlineWorker]) {
  const startedAt = performance.now();
  const worker = new Kind(countPrimes, [200_000]);
  const primes = await worker.value();
  const { pid, tid } = worker.id ?? {};
  say(worker, `found ${primes} primes in ${since(startedAt)}, as process ${pid}, thread ${tid}`);
}

console.log('\nAsked to stop, a target runs its finally blocks and hands its state back.\n');
for (const Kind of [ThreadWorker, ProcessWorker, InlineWorker]) {
  const worker = new Kind(politeJob);
  await progressOf(worker, (steps) => steps === 5);
  const startedAt = performance.now();
  await worker.terminate();
  say(worker, `stopped in ${since(startedAt)}; its state: ${JSON.stringify(worker.userState)}`);
}

console.log('\nA busy loop hears nothing. After 200 ms it is cut off: a process even lives on to report.\n');
for (const Kind of [ThreadWorker, ProcessWorker]) {
  const worker = new Kind(busyJob);
  await progressOf(worker, () => true);
  const [where] = (await worker.stack()).trim().split('\n');
  say(worker, `is here: ${where?.replace(/\(.*\//, '(')}`);
  const startedAt = performance.now();
  await worker.terminate({ force: false });
  say(worker, `${howItEnded(worker)} after ${since(startedAt)}; its state: ${JSON.stringify(worker.userState)}`);
}

console.log('\nA target that catches everything and ignores signals is killed, with all it has started.\n');
const worker = new ProcessWorker(stubbornJob, [], { interruptible: false });
const childPid = Number(await progressOf(worker, () => true));
const startedAt = performance.now();
await worker.terminate({ graceMs: 500 });
say(
  worker,
  `${howItEnded(worker)} after ${since(startedAt)}; its child ${childPid} ${isThere(childPid) ? 'lives' : 'is gone too'}`,
);
say(worker, `says why: ${(worker.error as Error).message}`);

function say(speaker: Handle<unknown>, text: string): void {
  console.log(`  ${speaker.kind.padEnd(8)} ${text}`);
}

function since(startedAt: number): string {
  return `${(performance.now() - startedAt).toFixed(0)} ms`;
}

function howItEnded({ error }: Handle<unknown>): string {
  return (error as { how: string }).how;
}

function progressOf(source: Handle<unknown>, isWanted: (value: unknown) => boolean): Promise<unknown> {
  return new Promise((resolve) => source.on('progress', (value) => isWanted(value) && resolve(value)));
}

/** A dead process keeps its number until somebody has taken notice: Linux calls that a zombie. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ');
  } catch {
    return false;
  }
}
