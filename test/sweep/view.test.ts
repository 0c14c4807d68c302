import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import {
  type Counters,
  Sweep,
  type Task,
  type TaskEnd,
  type WatchOptions,
  type WorkerStatus,
  watchSweep,
} from 'pyworkers/sweep';
import stringWidth from 'string-width';
import { FailureGroups } from '#internal/sweep/view/failure-groups.js';
import { type FrameOptions, frame } from '#internal/sweep/view/frame.js';
import { Outlet } from '#internal/sweep/view/outlet.js';
import type { ViewState } from '#internal/sweep/view/view-state.js';
import * as tasks from '../fixtures/sweep-view-tasks.js';
import { eventually } from '../support/eventually.js';

const program = fileURLToPath(new URL('../fixtures/sweep-watched.js', import.meta.url));
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const now = 1_000_000_000;

const none: Counters = {
  total: 0,
  skipped: 0,
  active: 0,
  finished: 0,
  done: 0,
  failures: 0,
  stopped: 0,
  cancelled: 0,
  exceptions: 0,
  retried: 0,
  loads: 0,
  loadMs: 0,
};
const worker = (i: number, more: Partial<WorkerStatus> = {}): WorkerStatus => ({
  name: `worker-${i}`,
  host: 'here',
  gpus: [],
  state: 'running',
  since: now - 1000 * i,
  folder: `x=${i}`,
  isLeaving: false,
  ...more,
});
const stateOf = (more: Partial<ViewState> = {}): ViewState => ({
  title: 'study',
  startedAt: now - 60_000,
  counters: none,
  isSearch: false,
  remaining: undefined,
  workers: [],
  failures: [],
  halted: undefined,
  answer: undefined,
  keys: undefined,
  isOver: false,
  ...more,
});
const drawn = (state: ViewState, options: Partial<FrameOptions> = {}): string[] =>
  frame(state, { columns: 80, rows: 24, colours: false, now, ...options });
const taskOf = (index: number): Task => ({
  index,
  folder: `x=${index}`,
  point: { id: `id-${index}`, title: '', params: { x: index }, choices: [], texts: {} },
});
const failed = (index: number, message: string, name = 'Error'): TaskEnd => ({
  id: `id-${index}`,
  attempt: 1,
  status: 'failed',
  class: 'error',
  error: { name, message },
  startedAt: 0,
  endedAt: 1,
  worker: 'worker-1',
  host: 'here',
  gpus: [],
});

describe('The picture of a sweep', () => {
  it('is never wider or higher than the terminal, whatever is in it and however small that is', () => {
    const wide = '漢字🎉👩‍👩‍👧e\u0301\u001b[31mred\u001b[0m\t\u202ebidi\n';
    const state = stateOf({
      title: wide.repeat(10),
      counters: {
        ...none,
        total: 1_000_000,
        done: 123_456,
        finished: 140_000,
        failures: 16_544,
        skipped: 99_999,
        active: 100,
      },
      remaining: { minMs: 1e7, maxMs: 1e9 },
      workers: upTo(40).map((i) =>
        worker(i, {
          name: `${wide}-${i}`,
          folder: wide.repeat(i),
          cpuPercent: 1234.5,
          memoryMb: 123_456,
          gpuUse: { usedMb: 70_000, totalMb: 81_920, utilization: 99.7 },
          ...(i % 5 === 0 && { state: 'waiting', reason: wide.repeat(3) }),
        }),
      ),
      failures: upTo(9).map((i) => ({ class: 'error', line: wide.repeat(i), count: 10 - i, folders: [wide, wide] })),
      halted: wide.repeat(5),
      answer: 'worker-9 comes',
      keys: 'long',
    });
    for (const columns of [1, 2, 5, 12, 20, 40, 60, 61, 80, 132, 200]) {
      for (const rows of [1, 2, 3, 5, 8, 12, 24, 60]) {
        const lines = drawn(state, { columns, rows, colours: true }).map(stripVTControlCharacters);
        assert.ok(lines.length <= Math.max(1, rows - 1), `${lines.length} lines of ${rows}`);
        for (const line of lines) {
          assert.ok(stringWidth(line) <= columns, `${stringWidth(line)} columns of ${columns}: ${line}`);
          assert.doesNotMatch(line, /\p{Cc}|\u202e/u);
        }
      }
    }
  });

  it('tells counts, rate, time gone, and time left as a range', () => {
    const counters = {
      ...none,
      total: 40,
      skipped: 10,
      done: 8,
      failures: 1,
      stopped: 1,
      finished: 10,
      active: 4,
      retried: 2,
    };
    const lines = drawn(stateOf({ counters, remaining: { minMs: 90_000, maxMs: 3_725_000 } }));
    assert.deepEqual(lines, [
      'study',
      `[${'#'.repeat(30)}${'-'.repeat(30)}]   50%  20 of 40`,
      '8 done, 1 failed, 4 running, 10 done before, 1 stopped early, 2 tried again',
      '10/min, 1:00 gone, 1:30 to 1:02:05 left',
    ]);
    assert.match(drawn(stateOf()).join('\n'), /time left not known yet/);
    const search = drawn(stateOf({ isSearch: true, counters })).join('\n');
    assert.match(search, /^20 of 40 so far$/m);
    assert.doesNotMatch(search, /%|#/);
  });

  it('has a line for each worker: its task, time, CPU, memory, GPU; or why it waits', () => {
    const gpuUse = { usedMb: 30_720, totalMb: 49_152, utilization: 87 };
    const workers = [
      worker(1, { since: now - 133_000, cpuPercent: 98.4, memoryMb: 512, gpuUse, attempt: 2 }),
      worker(2, { state: 'loading', loading: 'model', memoryMb: 2048 }),
      worker(3, { state: 'waiting', folder: undefined, reason: 'GPU 1 has 30 of 48 GB free, 40 asked' }),
      worker(4, { isLeaving: true }),
    ];
    assert.deepEqual(drawn(stateOf({ workers }), { columns: 100 }).slice(4), [
      'worker        time   cpu  memory   gpu    gpu memory  task',
      'worker-1      2:13   98%  512 MB   87%   30 of 48 GB  x=1 (attempt 2)',
      'worker-2      0:02        2.0 GB                      loads model for x=2',
      'worker-3      0:03                                    waits: GPU 1 has 30 of 48 GB free, 40 asked',
      'worker-4      0:04                                    last one: x=4',
    ]);
  });

  it('says of workers where they are: the machine where there are several, and the GPUs', () => {
    const gpuUse = { usedMb: 30_720, totalMb: 49_152, utilization: 87 };
    const withGpus = [worker(1, { gpus: ['0', '1'], gpuUse }), worker(2, { gpus: ['2'] })];
    assert.deepEqual(drawn(stateOf({ workers: withGpus }), { columns: 80 }).slice(4), [
      'worker        time       on   cpu  memory   gpu    gpu memory  task',
      'worker-1      0:01  gpu 0,1                 87%   30 of 48 GB  x=1',
      'worker-2      0:02    gpu 2                                    x=2',
    ]);
    const onHosts = [worker(1), worker(2, { host: 'a-machine-with-a-long-name:60006', gpus: ['0'] })];
    assert.deepEqual(drawn(stateOf({ workers: onHosts }), { columns: 80 }).slice(4), [
      'worker        time                    on   cpu  memory  task',
      'worker-1      0:01                  here                x=1',
      'worker-2      0:02  a-machine-wit… gpu 0                x=2',
    ]);
  });

  it('shows of many workers those that wait and those at work for longest, and counts the others', () => {
    const workers = upTo(100).map((i) =>
      worker(i, i === 50 ? { state: 'waiting', folder: undefined, reason: 'GPU 0 is taken by another sweep' } : {}),
    );
    const lines = drawn(stateOf({ workers }), { rows: 16 });
    assert.equal(lines.length, 15);
    const text = lines.join('\n');
    assert.match(text, /worker-50 .*waits: GPU 0/);
    for (const i of [92, 99]) assert.match(text, new RegExp(`^worker-${i} `, 'm'));
    assert.match(text, /^… 91 more: 91 running$/m);
    assert.ok(text.indexOf('worker-50') < text.indexOf('worker-99'));
  });

  it('keeps room for failures, the most frequent first, and counts the kinds there is no room for', () => {
    const failures = upTo(20).map((i) => ({
      class: 'error' as const,
      line: `kind ${i}`,
      count: 20 - i,
      folders: ['x=1'],
    }));
    const text = drawn(stateOf({ workers: upTo(30).map((i) => worker(i)), failures }), { rows: 20 }).join('\n');
    assert.match(text, /^20 failed \(error\): kind 0 {2}x=1 {2}…$/m);
    assert.match(text, /^… \d+ more failures of \d+ other kinds$/m);
    assert.match(text, /^… \d+ more: \d+ running$/m);
  });

  it('costs little: a hundred workers five times a second take less than 2 % of a CPU', () => {
    const groups = new FailureGroups();
    for (const i of upTo(500)) groups.add(taskOf(i), failed(i, `loss is NaN at step ${i}`));
    const workers = upTo(100).map((i) =>
      worker(i, { cpuPercent: i, memoryMb: 100 * i, folder: `lr=0.${i},模型=${i}` }),
    );
    const one = (i: number): string[] =>
      drawn(stateOf({ workers, failures: groups.list({ foldersMax: 4 }), keys: 'short' }), {
        columns: 200,
        rows: 60,
        colours: true,
        now: now + i,
      });
    for (const i of upTo(30)) one(i);
    const { user, system } = process.cpuUsage();
    const frames = 100;
    for (const i of upTo(frames)) one(i);
    const used = process.cpuUsage({ user, system });
    const msEach = (used.user + used.system) / 1000 / frames;
    assert.ok(msEach * 5 < 20, `${msEach.toFixed(2)} ms a frame`);
  });
});

describe('Failures of a sweep', () => {
  it('are one group where the last lines of their errors say the same, numbers aside', () => {
    const groups = new FailureGroups();
    groups.add(
      taskOf(1),
      failed(1, 'Traceback (most recent call last):\n  File "a.py", line 3\nValueError: bad rate 0.1\n'),
    );
    groups.add(
      taskOf(2),
      failed(2, 'Traceback (most recent call last):\n  File "a.py", line 9\nValueError: bad rate 25\n'),
    );
    groups.add(taskOf(3), failed(3, 'is odd', 'RangeError'));
    const told = (): unknown =>
      groups.list({ foldersMax: 1 }).map(({ line, count, folders }) => [line, count, folders]);
    assert.deepEqual(told(), [
      ['ValueError: bad rate #', 2, ['x=1']],
      ['RangeError: is odd', 1, ['x=3']],
    ]);
    groups.remove(taskOf(1));
    groups.remove(taskOf(3));
    assert.deepEqual(told(), [['ValueError: bad rate #', 1, ['x=2']]]);
    assert.equal(groups.count, 1);
  });
});

describe('A sweep that is watched without a terminal', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pyw-watch-'));
    writeFileSync(join(folder, 'all'), '');
    process.env.PYW_GATES = folder;
  });
  afterEach(() => {
    delete process.env.PYW_GATES;
    rmSync(folder, { recursive: true, force: true });
  });

  const watched = async (count: number, options: WatchOptions): Promise<string[]> => {
    const output = new PassThrough();
    const sweep = new Sweep({
      output: join(folder, 'out'),
      variables: { x: upTo(count) },
      task: tasks.gated,
      workers: { count: 1, kind: 'inline' },
      verbose: 3,
    });
    {
      await using _watch = watchSweep(sweep, { output, ...options });
      await sweep.run({ quiet: true });
    }
    output.end();
    return (await output.toArray()).join('').split('\n').slice(0, -1);
  };

  it('is told in lines: the first, the last, and each failure', async () => {
    const lines = await watched(4, {});
    assert.deepEqual(
      lines.map((line) => line.replace(/; .*/, '')),
      [
        '0 of 4 done, 1 running',
        'FAILED x=1 (error): RangeError: 1 is odd',
        'FAILED x=3 (error): RangeError: 3 is odd',
        '2 of 4 done, 0 running, 2 failed',
      ],
    );
  });

  it('tells each event with verbose 3, and nothing at all with 0', async () => {
    const lines = await watched(2, { verbose: 3 });
    for (const expected of ['started x=0 on worker-1, attempt 1', 'done x=0', 'started x=1 on worker-1, attempt 1']) {
      assert.ok(lines.includes(expected), lines.join('\n'));
    }
    assert.deepEqual(await watched(2, { verbose: 0 }), []);
  });

  it('is told every second with verbose 2', async () => {
    rmSync(join(folder, 'all'));
    const output = new PassThrough();
    let text = '';
    output.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const sweep = new Sweep({
      output: join(folder, 'out'),
      variables: { x: [0] },
      task: tasks.gated,
      workers: { count: 1, kind: 'inline' },
    });
    {
      await using _watch = watchSweep(sweep, { output, verbose: 2 });
      const results = sweep.run({ quiet: true });
      await eventually(() => text.match(/^0 of 1 done, 1 running;/gm)?.length === 3, 20_000);
      writeFileSync(join(folder, 'all'), '');
      await results;
    }
    assert.match(text, /\n1 of 1 done, 0 running; [^\n]*\n$/);
  });

  it('tells each event as a JSON object on a line of its own, with the time', async () => {
    const lines = (await watched(2, { json: true })).map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.ok(lines.every(({ t }) => typeof t === 'number' && Math.abs(t - Date.now()) < 60_000));
    assert.deepEqual(
      lines.map(({ event }) => event),
      ['begin', 'worker', 'counters', 'started', 'ended', 'started', 'ended', 'end'],
    );
    const [, , , started, , , odd, end] = lines;
    const { id, ...task } = (started?.task ?? { id: '' }) as { id: string };
    assert.match(id, /^[\da-f]{24}$/);
    assert.deepEqual(task, { index: 0, folder: 'x=0', params: { x: 0 } });
    const { status, class: failure, error, attempt } = odd ?? {};
    assert.deepEqual(
      { status, failure, error, attempt },
      { status: 'failed', failure: 'error', error: 'RangeError: 1 is odd', attempt: 1 },
    );
    assert.equal((end?.counters as Counters | undefined)?.done, 1);
  });

  it('goes on where nobody reads what is told, and where the reader is gone', async () => {
    for (const isGone of [false, true]) {
      const given = JSON.stringify({
        output: join(folder, String(isGone)),
        tasks: 400,
        workers: 1,
        watch: { json: true },
      });
      const child = spawn(process.execPath, [program, given], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
      if (isGone) child.stdout?.destroy();
      try {
        const [code] = await once(child, 'exit', { signal: AbortSignal.timeout(20_000) }); // nothing was read: the pipe is full
        assert.equal(code, 0);
      } finally {
        child.stdout?.destroy();
        child.kill('SIGKILL');
      }
    }
  });

  it('leaves lines out where very many wait to be read, and says so', async () => {
    const output = new PassThrough();
    const outlet = new Outlet(output);
    const told = (count: number): string => `${count} left out`;
    const line = 'x'.repeat(1024 * 1024);
    for (const _ of upTo(10)) outlet.writeLine(line, told);
    output.resume();
    await eventually(() => output.writableLength === 0);
    const after: string[] = [];
    output.on('data', (chunk: Buffer) => after.push(chunk.toString()));
    outlet.writeLine('again', told);
    await outlet.end();
    assert.match(after.join(''), /^\d left out\nagain\n$/);
  });

  it('refuses options that make no sense', () => {
    const sweep = new Sweep({ variables: { x: [1] }, task: tasks.gated });
    assert.throws(() => watchSweep(sweep, { verbos: 1 } as never), /verbos/);
    assert.throws(() => watchSweep(sweep, { output: 'stderr' } as never), /"output" takes a stream/);
  });
});
