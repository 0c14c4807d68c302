import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { autoWorkers } from '#internal/task/resources/auto-workers.js';
import { bindToCpus, cpusOfWorker } from '#internal/task/resources/cpu-binding.js';
import { allowedCpus, cpuCount, parseCpuList } from '#internal/task/resources/cpus.js';
import { freeMemoryMb } from '#internal/task/resources/free-memory.js';
import { MemoryGrowth } from '#internal/task/resources/memory-growth.js';
import { oomKills } from '#internal/task/resources/oom-kills.js';
import { threadEnv } from '#internal/task/resources/thread-env.js';
import { TreeMemory } from '#internal/task/resources/tree-memory.js';
import { eventually } from '../support/eventually.js';
import { childrenOf, isRunning } from '../support/processes.js';
import { Scratch } from '../support/scratch.js';

const holdMb = (megabytes: number): string =>
  `globalThis.x = Buffer.alloc(${megabytes} * 2 ** 20, 1); setInterval(() => {}, 1e9);`;

describe('What a sweep may take of a machine', () => {
  const scratch = new Scratch({});
  let count = 0;
  let child: ChildProcess | undefined;
  after(() => scratch.remove());
  afterEach(async () => {
    if (child?.pid === undefined || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    process.kill(-child.pid, 'SIGKILL');
    await gone;
    child = undefined;
  });
  const start = (line: string): number => {
    child = spawn('/bin/bash', ['-c', line], { detached: true, stdio: 'ignore' });
    return child.pid ?? 0;
  };
  /** A machine's /proc and /sys, as far as they are looked at. */
  const machine = (files: Record<string, string>): string => {
    const root = `machine-${count++}`;
    for (const [name, text] of Object.entries(files)) scratch.write(`${root}/${name}`, text);
    return join(scratch.path, root);
  };

  it('counts no more CPUs than the process is bound to', () => {
    const url = new URL('../../../dist/task/resources/cpus.js', import.meta.url);
    const script = `import(${JSON.stringify(url.href)}).then((m) => console.log(m.cpuCount(), m.allowedCpus().length))`;
    const first = String(allowedCpus()[0]);
    assert.equal(execFileSync('taskset', ['-c', first, process.execPath, '-e', script], { encoding: 'utf8' }), '1 1\n');
    assert.ok(cpuCount() >= 1 && cpuCount() <= availableParallelism());
    assert.deepEqual(parseCpuList('0-2,5'), [0, 1, 2, 5]);
  });

  it('counts no more CPUs than its cgroup, or one above it, is worth', () => {
    const v2 = (max: string): string =>
      machine({
        'proc/self/cgroup': '0::/a/b\n',
        'sys/fs/cgroup/a/b/cpu.max': 'max 100000\n',
        'sys/fs/cgroup/a/cpu.max': max,
      });
    assert.equal(cpuCount(v2('100000 100000\n')), 1);
    assert.equal(cpuCount(v2('50000 100000\n')), 1);
    assert.equal(cpuCount(v2('max 100000\n')), availableParallelism());
    const v1 = (quota: string): string =>
      machine({
        'proc/self/cgroup': '3:cpu,cpuacct:/docker/abc\n0::/\n',
        'sys/fs/cgroup/cpu/cpu.cfs_quota_us': quota,
        'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
      });
    assert.equal(cpuCount(v1('100000\n')), 1);
    assert.equal(cpuCount(v1('-1\n')), availableParallelism());
  });

  it('finds no more free memory than the cgroups leave, where what is cached is free', () => {
    const megabyte = 2 ** 20;
    const meminfo = { 'proc/meminfo': `MemTotal: 9000000 kB\nMemAvailable:  ${4000 * 1024} kB\n` };
    assert.equal(freeMemoryMb(machine(meminfo)), 4000);
    const v2 = {
      ...meminfo,
      'proc/self/cgroup': '0::/a/b\n',
      'sys/fs/cgroup/a/b/memory.max': 'max\n',
      'sys/fs/cgroup/a/memory.max': `${1000 * megabyte}\n`,
      'sys/fs/cgroup/a/memory.current': `${600 * megabyte}\n`,
      'sys/fs/cgroup/a/memory.stat': `anon 5\ninactive_file ${200 * megabyte}\n`,
    };
    assert.equal(freeMemoryMb(machine(v2)), 600);
    const v1 = {
      ...meminfo,
      'proc/self/cgroup': '4:memory:/docker/abc\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': `${500 * megabyte}\n`,
      'sys/fs/cgroup/memory/memory.usage_in_bytes': `${300 * megabyte}\n`,
      'sys/fs/cgroup/memory/memory.stat': `total_inactive_file 0\n`,
    };
    assert.equal(freeMemoryMb(machine(v1)), 200);
    assert.ok(freeMemoryMb() > 0);
  });

  it('counts the processes that the kernel has ended for want of memory', () => {
    const events = (kills: number): string =>
      machine({ 'proc/self/cgroup': '0::/a\n', 'sys/fs/cgroup/a/memory.events': `oom 9\noom_kill ${kills}\n` });
    assert.ok(oomKills(events(3)) > oomKills(events(2)));
    const v1 = {
      'proc/self/cgroup': '4:memory:/\n',
      'sys/fs/cgroup/memory/memory.oom_control': 'under_oom 0\noom_kill 4\n',
    };
    assert.equal(oomKills(machine(v1)), 4);
    assert.equal(oomKills(machine({ 'proc/vmstat': 'oom_kill 5\n' })), 5);
    assert.equal(oomKills(machine({})), 0);
  });

  it('says how it came to a number of workers', () => {
    assert.deepEqual(autoWorkers({ cpus: 16, freeMb: 10_000, peakMb: 1000 }), {
      count: 8,
      why: '8 workers: 80 % of 10000 MB free memory, at 1000 MB a task; 16 CPUs, of which one is left free.',
    });
    assert.equal(autoWorkers({ cpus: 4, freeMb: 10_000, peakMb: 1000 }).count, 3);
    assert.match(autoWorkers({ cpus: 4, freeMb: 100, peakMb: 1000 }).why, /^1 worker: the memory is scarce/);
    assert.deepEqual(autoWorkers({ cpus: 1, freeMb: 100 }), {
      count: 1,
      why: '1 worker: there is one CPU; what a task takes of memory is not known.',
    });
  });

  it('keeps numeric libraries to the threads of a worker, unless the user has said otherwise', () => {
    const env = threadEnv(2, { OMP_NUM_THREADS: '7' });
    assert.equal(env.OMP_NUM_THREADS, undefined);
    assert.deepEqual([env.MKL_NUM_THREADS, Object.keys(env).length], ['2', 4]);
  });

  it('binds a process and what it starts to CPUs', async () => {
    const pid = start('while :; do sleep 0.05; done');
    const first = allowedCpus()[0] ?? 0;
    assert.equal(await bindToCpus(pid, [first]), true);
    const list = execFileSync('taskset', ['-c', '-p', String(pid)], { encoding: 'utf8' });
    assert.match(list, new RegExp(`: ${first}\\n`));
    assert.equal(await bindToCpus(2 ** 22 + 1, [first]), false);
    assert.deepEqual(cpusOfWorker(1, 2, [0, 1, 2, 3, 8]), [2, 3]);
    assert.deepEqual(cpusOfWorker(2, 2, [0, 1, 2, 3, 8]), [0, 8]);
    assert.deepEqual(cpusOfWorker(3, 9, [0, 1]), [0, 1]);
  });

  it('measures the peak of a whole tree of processes, and says when it exceeds a limit', async () => {
    const exceeded: number[] = [];
    using memory = new TreeMemory(start(`node -e '${holdMb(60)}' & node -e '${holdMb(60)}' & wait`), {
      everyMs: 20,
      limitMb: 110,
      onExceeded: (megabytes) => exceeded.push(megabytes),
    });
    await eventually(() => exceeded.length > 0, 10_000);
    await memory.look();
    assert.ok(memory.peakMb > 110 && memory.peakMb < 400, `${memory.peakMb} MB`);
    assert.ok((exceeded[0] ?? 0) > 110);
    await memory.look();
    assert.equal(exceeded.length, 1);
  });

  it('measures those as well that have lost their parent', async () => {
    const waitFor = (file: string): string => `until [ -e ${join(scratch.path, file)} ]; do sleep 0.02; done`;
    const pid = start(`bash -c "(${waitFor('go')}; exec node -e '${holdMb(80)}') & ${waitFor('end')}"; sleep 60`);
    using memory = new TreeMemory(pid, { everyMs: 20, withoutRoot: true });
    const parents = (): number[] => childrenOf(pid).filter((each) => childrenOf(each).length > 1);
    await eventually(() => parents().length > 0);
    const [parent = 0] = parents();
    for (let i = 0; i < 2; i++) await memory.look(); // one may have been under way
    scratch.write('end', '');
    await eventually(() => !isRunning(parent));
    scratch.write('go', '');
    await eventually(() => memory.nowMb > 75, 10_000);
  });

  it('counts memory that processes share once', async () => {
    const script = 'import os,time\nx=bytearray(b"1")*(120<<20)\n[os.fork() for _ in range(2)]\ntime.sleep(99)';
    using memory = new TreeMemory(start(`exec python3 -c '${script}'`), { everyMs: 50 });
    await eventually(() => memory.peakMb > 120, 10_000);
    for (let i = 0; i < 10; i++) await memory.look();
    assert.ok(memory.peakMb < 240, `${memory.peakMb} MB`);
  });

  it('measures by how much this process has grown, with all that it has started', async () => {
    using growth = new MemoryGrowth(20);
    const held = Buffer.alloc(50 * 2 ** 20, 1);
    growth.look();
    assert.ok(growth.peakMb > 40 && held.length > 0, `${growth.peakMb} MB`);
    const own = growth.peakMb;
    start(`exec node -e '${holdMb(80)}'`);
    await eventually(() => growth.peakMb > own + 70, 20_000);
  });
});
