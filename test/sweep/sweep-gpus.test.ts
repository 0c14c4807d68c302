import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sweep, type SweepResults, type SweepSpec, sweep, type WorkersOptions } from 'pyworkers/sweep';
import { StandInMachine, uuidOfGpu } from '../fixtures/sweep-gpu-machine.js';
import * as tasks from '../fixtures/sweep-tasks.js';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const free = (count: number): { usedMb: number }[] => upTo(count).map(() => ({ usedMb: 0 }));

describe('The GPUs of a sweep', () => {
  let folder: string;
  let machine: StandInMachine;
  const before = { ...process.env };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pyw-sweep-'));
    machine = new StandInMachine('nvidia');
    machine.gpus(...free(4));
    machine.processes();
    Object.assign(process.env, machine.env, { PATH: `${machine.env.PATH}:${before.PATH}` });
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    machine.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const study = (workers: WorkersOptions, more: SweepSpec = {}): SweepSpec => ({
    output: join(folder, 'out'),
    variables: { x: upTo(8) },
    task: tasks.visible,
    workers,
    ...more,
  });
  /** So many workers do their first tasks at the same time. */
  const meeting = (workers: number): Record<string, string> => {
    const place = mkdtempSync(join(folder, 'meeting-'));
    return { PYW_MEETING: place, PYW_MEETING_OF: String(workers) };
  };
  const seenBy = async (workers: WorkersOptions, count: number): Promise<string[]> => {
    const { rows } = await sweep(study({ ...workers, env: meeting(count) }));
    return [...new Set(rows.map(({ gpus }) => String(gpus)))].sort();
  };

  it('are one for each worker, and there are as many workers as GPUs', async () => {
    assert.deepEqual(await seenBy({ gpus: 1 }, 4), ['0', '1', '2', '3']);
  });

  it('are shared as a list of slots says', async () => {
    const running = new Map<string, number>();
    const most = new Map<string, number>();
    const shared = new Sweep(study({ gpus: [0, 1, 0, '2,3'], env: meeting(4) }));
    shared.on('started', (_, worker) => count(worker, 1));
    shared.on('ended', (_, { worker }) => count(worker, -1));
    function count(worker: string, change: number): void {
      running.set(worker, (running.get(worker) ?? 0) + change);
      most.set(worker, Math.max(most.get(worker) ?? 0, running.get(worker) ?? 0));
    }
    const results = await shared.run();
    assert.deepEqual([...new Set(results.rows.map(({ gpus }) => gpus))].sort(), ['0', '1', '2,3']);
    assert.deepEqual([...most.values()], [1, 1, 1, 1]);
  });

  it('are those that the caller itself was given, by the names it was given', async () => {
    process.env.CUDA_VISIBLE_DEVICES = '3,1';
    assert.deepEqual(await seenBy({ gpus: 1 }, 2), ['1', '3']);
  });

  it('can be left out, and asking for more than there are says what there is', async () => {
    assert.deepEqual(await seenBy({ gpus: { gpus: 2, avoid: [0] } }, 1), ['1,2']);
    const output = join(folder, 'more');
    await assert.rejects(sweep(study({ gpus: 1, count: 5 }, { output })), /5 workers.*there is room for 4/s);
    await assert.rejects(sweep(study({ gpus: 1.5 }, { output })), /whole number of GPUs/);
  });

  it('are not seen by workers that have none', async () => {
    process.env.CUDA_VISIBLE_DEVICES = '0,1';
    assert.deepEqual(await seenBy({ count: 1 }, 1), ['']);
  });

  it('are left as they are where workers inherit them', async () => {
    process.env.CUDA_VISIBLE_DEVICES = '0,1';
    assert.deepEqual(await seenBy({ count: 1, gpus: 'inherit' }, 1), ['0,1']);
  });

  it('reach every part of a compound command, and all of its output is in the log', async () => {
    const commands = `echo first $CUDA_VISIBLE_DEVICES && sh -c 'echo second $CUDA_VISIBLE_DEVICES >&2'; echo third $CUDA_VISIBLE_DEVICES | cat`;
    const output = join(folder, 'commands');
    await sweep({ output, variables: { x: [1] }, commands, workers: { gpus: [2] } });
    const [log = ''] = readdirSync(join(output, 'x=1')).filter((name) => name.startsWith('log.'));
    assert.equal(readFileSync(join(output, 'x=1', log), 'utf8'), 'first 2\nsecond 2\nthird 2\n');
  });

  for (const kind of ['thread', 'inline'] as const) {
    it(`reach the commands of workers of the kind ${kind}, and are hidden from those of workers without any`, async () => {
      process.env.CUDA_VISIBLE_DEVICES = '2,3';
      for (const [gpus, seen] of [
        [[3], '3'],
        [0, ''],
      ] as const) {
        const output = join(folder, `gpus-${seen}`);
        const commands = 'echo "$CUDA_VISIBLE_DEVICES" > {_output}/seen';
        await sweep({ output, variables: { x: [1] }, commands, workers: { count: 1, kind, gpus } });
        assert.equal(readFileSync(join(output, 'x=1', 'seen'), 'utf8'), `${seen}\n`);
      }
    });
  }

  it('are named to workers by UUID where that is asked for', async () => {
    assert.deepEqual(await seenBy({ gpus: { gpus: 1, avoid: [2], style: 'uuid' } }, 3), [0, 1, 3].map(uuidOfGpu));
  });

  it('are waited for while somebody else computes on them, where they are to be idle', async () => {
    machine.processes({ pid: process.pid, gpu: 0, usedMb: 2000 });
    const waiting = new Sweep(study({ gpus: { gpus: [0], idle: true } }));
    const reason = new Promise<string>((resolve) => waiting.on('waiting', (_, why) => resolve(why)));
    const results = waiting.run();
    assert.match(await reason, new RegExp(`GPU 0 is used by pid ${process.pid} `));
    machine.processes();
    assert.equal((await results).length, 8);
  });

  it('may be more for some tasks than for others, by sweeps that share one output folder', async () => {
    const part = (constraint: string, gpus: WorkersOptions['gpus']): Promise<SweepResults> =>
      sweep(study({ gpus }, { constraints: [constraint], join: true }));
    const [large, small] = await Promise.all([part('x >= 6', ['0,1']), part('x < 6', [2, 3])]);
    assert.deepEqual([large.length, small.length], [2, 6]);
    const all = new Sweep(study({ gpus: 1 }));
    all.on('started', ({ folder: task }) => assert.fail(`${task} was begun again`));
    const gpus = (await all.run()).rows.map((row) => (Number(row.x) >= 6 ? row.gpus : String(row.gpus).length));
    assert.deepEqual(gpus, [1, 1, 1, 1, 1, 1, '0,1', '0,1']);
  });

  it('are waited for while somebody else has too much of their memory, and it is said why', async () => {
    machine.gpus({ usedMb: 40_000 });
    const waiting = new Sweep(study({ gpus: { gpus: 1, minFreeMb: 20_000 } }));
    const reason = new Promise<string>((resolve) => waiting.on('waiting', (_, why) => resolve(why)));
    const results = waiting.run();
    assert.match(await reason, /GPU 0 has .* free, .* asked/);
    machine.gpus({ usedMb: 1000 });
    assert.equal((await results).length, 8);
  });

  it('are waited for no longer when there is nothing left to do', async () => {
    machine.gpus({ usedMb: 0 }, { usedMb: 40_000 });
    const results = await sweep(study({ gpus: { gpus: 1, minFreeMb: 20_000 } }));
    assert.equal(results.length, 8);
  });

  it('are free for the next sweep of the same process', async () => {
    const both = await Promise.all([
      sweep(study({ gpus: 1 }, { output: join(folder, 'one') })),
      sweep(study({ gpus: 1 }, { output: join(folder, 'two') })),
    ]);
    assert.deepEqual(
      both.map(({ length }) => length),
      [8, 8],
    );
  });
});
