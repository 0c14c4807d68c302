import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sleep } from './measure.mjs';

const cell = fileURLToPath(new URL('./crash-cell.mjs', import.meta.url));
const threads = ['pyworkers thread', 'tinypool thread', 'piscina', 'workerpool thread', 'poolifier thread'];
const processes = ['pyworkers process', 'tinypool child_process', 'workerpool process'];
const runners = [
  'pyworkers thread',
  'pyworkers process',
  'tinypool thread',
  'tinypool child_process',
  'piscina',
  'workerpool thread',
  'workerpool process',
  'poolifier thread',
];

/** Rows, and whom they concern: who kills its thread's process kills its caller; limits of memory are for threads. */
const rows = {
  exit: ['`process.exit(3)` in a task', runners],
  killSelf: ['child SIGKILLs itself', processes],
  hoard: ['out of memory', [...threads, 'pyworkers process']],
  unsendable: ['unsendable result', runners],
  fail: ['kept of an error: class, code, cause', runners],
  loop: ['stop `for(;;);`', runners],
  orphan: ['caller SIGKILLed, child loops', processes],
};

/** A Markdown table; every cell was really run. */
export async function crashMatrix() {
  const lines = [`| | ${runners.join(' | ')} |`, `|---|${runners.map(() => '---').join('|')}|`];
  for (const [row, [title, concerned]] of Object.entries(rows)) {
    const cells = [];
    for (const runner of runners) cells.push(concerned.includes(runner) ? await outcome(row, runner) : '-');
    lines.push(`| ${title} | ${cells.join(' | ')} |`);
  }
  return lines.join('\n');
}

async function outcome(row, runner) {
  const child = spawn(process.execPath, [cell, row, runner], { stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  const exited = once(child, 'exit');
  if (row === 'orphan') return orphanTest(child, exited);
  await Promise.race([exited, sleep(12_000)]);
  endAll([...descendantsOf(child.pid), child.pid]);
  return said.trim().split('\n').at(-1) || 'caller crashed';
}

async function orphanTest(child, exited) {
  await sleep(2000);
  const family = descendantsOf(child.pid);
  child.kill('SIGKILL');
  await exited;
  await sleep(2000);
  const left = family.filter(isRunning);
  endAll(left);
  return left.length > 0 ? 'orphan' : 'gone';
}

function endAll(pids) {
  for (const pid of pids.filter(isRunning)) process.kill(pid, 'SIGKILL');
}

function descendantsOf(pid) {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && statOf(name)?.[1] === String(pid));
  return children.flatMap((child) => [Number(child), ...descendantsOf(child)]);
}

function isRunning(pid) {
  return ![undefined, 'Z'].includes(statOf(pid)?.[0]);
}

function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
