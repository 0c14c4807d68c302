import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { signalEach } from '#internal/base/process-tree.js';
import type { Gpu } from '#internal/sweep/gpu/gpu.js';
import { startOf } from '#internal/sweep/gpu/identity.js';
import { findGpus } from '#internal/sweep/gpu/inventory.js';
import type { Lease } from '#internal/sweep/gpu/lease.js';
import { Leases, type LeasesOptions } from '#internal/sweep/gpu/leases.js';
import { cpuSlot, type GpuSlot, slotOf } from '#internal/sweep/gpu/slot.js';
import { StandInMachine, uuidOfGpu } from '../fixtures/sweep-gpu-machine.js';
import { eventually } from '../support/eventually.js';

const GB = 1024;

interface Waiter {
  readonly told: string[];
  lease: Lease | undefined;
  got: Promise<void>;
  hasGot(): boolean;
}

describe('Leases of GPUs', () => {
  let machine: StandInMachine;
  let gpus: Gpu[];
  const open: Leases[] = [];
  const children: ChildProcess[] = [];
  const orphans: { readonly pid: number; readonly startedAt: string }[] = [];

  beforeEach(async () => {
    machine = new StandInMachine('nvidia');
    machine.gpus({ usedMb: 0 }, { usedMb: 0 }, { usedMb: 0 });
    gpus = await findGpus({ env: machine.env });
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await end(child);
    signalEach(orphans.splice(0), 'SIGKILL');
    await Promise.all(open.splice(0).map((leases) => leases.close()));
    machine.remove();
  });

  const sweep = async (options: LeasesOptions = {}): Promise<Leases> => {
    const leases = await Leases.open({ pollMs: 20, env: machine.env, ...options });
    open.push(leases);
    return leases;
  };
  const slot = (
    indexes: readonly number[],
    { share = 1, minFreeMb }: { share?: number; minFreeMb?: number } = {},
  ): GpuSlot =>
    slotOf(
      indexes.map((index) => ({ gpu: gpus[index] as Gpu, share })),
      minFreeMb,
    );

  /** A taking, what it was told meanwhile, and whether it has got anything. */
  function taking(leases: Leases, of: GpuSlot, worker = 'worker 1'): Waiter {
    const state: Waiter = {
      told: [],
      lease: undefined,
      got: Promise.resolve(),
      hasGot: () => state.lease !== undefined,
    };
    const onWait = (reason: string): void => void state.told.push(reason);
    state.got = leases.take(of, { onWait, worker }).then((lease) => {
      state.lease = lease;
    });
    return state;
  }
  const isTold = async (waiter: { told: string[] }, text: RegExp): Promise<void> => {
    await eventually(() => waiter.told.some((reason) => text.test(reason))).catch(() => {
      assert.match(waiter.told.join('\n'), text);
    });
  };
  /** So many looks at the GPUs from now on. */
  const looks = async (count: number): Promise<void> => {
    const before = machine.questions.length;
    await eventually(() => machine.questions.length >= before + 2 * count);
  };

  function start(command: string, env: Record<string, string | undefined> = {}): ChildProcess & { pid: number } {
    const child = spawn('sh', ['-c', command], { detached: true, stdio: 'ignore', env: { ...process.env, ...env } });
    children.push(child);
    return child as ChildProcess & { pid: number }; // it was started
  }
  const end = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const refOf = ({ pid }: { pid: number }) => ({ pid, startedAt: startOf(pid) });

  for (const locking of ['flock', 'owner-file'] as const) {
    describe(`by ${locking}`, () => {
      it('keep another sweep off, which is told who it waits for', async () => {
        const [one, other] = [await sweep({ locking, name: 'first' }), await sweep({ locking })];
        const lease = await one.take(slot([0]));
        const waiter = taking(other, slot([0]));
        await isTold(
          waiter,
          /^GPU 0 is held by another sweep of this process \(since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\)$/,
        );
        await (await other.take(slot([1]))).release();
        assert.equal(waiter.hasGot(), false);
        await lease.release();
        await waiter.got;
      });

      it('are let go of as often as they are taken', async () => {
        const sweeps = [await sweep({ locking }), await sweep({ locking })];
        for (let round = 0; round < 10; round += 1) {
          for (const leases of sweeps) await (await leases.take(slot([0, 1]))).release();
        }
      });

      it('hold all GPUs of a slot or none: two that want the same ones both get on', async () => {
        const [one, other] = [await sweep({ locking }), await sweep({ locking })];
        const work = async (leases: Leases, indexes: number[]): Promise<void> => {
          for (let round = 0; round < 5; round += 1) await (await leases.take(slot(indexes))).release();
        };
        await Promise.all([work(one, [0, 1]), work(other, [1, 0]), work(one, [2, 0]), work(other, [1, 2])]);
      });
    });
  }

  it('are shared within a sweep as far as the shares go', async () => {
    const leases = await sweep();
    const first = await leases.take(slot([0], { share: 0.5 }), { worker: 'worker 1' });
    const second = await leases.take(slot([0], { share: 0.5 }), { worker: 'worker 2' });
    const waiter = taking(leases, slot([0], { share: 0.5 }), 'worker 3');
    await isTold(waiter, /^GPU 0 is used by worker 1, worker 2 of this sweep$/);
    await second.release();
    await waiter.got;
    await first.release();
  });

  it('cost nothing without GPUs', async () => {
    const leases = await sweep();
    const lease = await leases.take(cpuSlot);
    assert.equal(lease.env().CUDA_VISIBLE_DEVICES, '');
    assert.deepEqual(readdirSync(machine.leases), []);
  });

  it('mark the processes of a worker, within the mark of an outer sweep', async () => {
    const outer = await (await sweep()).take(slot([0]));
    assert.equal(outer.env().PYW_LEASE, outer.id);
    assert.equal(outer.env().CUDA_VISIBLE_DEVICES, '0');
    const inner = await sweep({ env: { ...machine.env, PYW_LEASE: outer.id } });
    const lease = await inner.take(slot([0])); // which the outer sweep holds for it
    assert.equal(lease.env().PYW_LEASE, `${outer.id}/${lease.id}`);
  });

  it('end a wait when its signal aborts, at once', async () => {
    const [one, other] = [await sweep(), await sweep({ pollMs: 60_000 })];
    const lease = await one.take(slot([0]));
    const controller = new AbortController();
    const reason = new Error('enough');
    const waiting = other.take(slot([0]), { signal: controller.signal, onWait: () => controller.abort(reason) });
    await assert.rejects(waiting, reason);
    await assert.rejects(other.take(slot([0]), { signal: controller.signal }), reason);
    await lease.release();
  });

  it('end a wait at once, too, while a tool is asked; nothing is held afterwards', async () => {
    machine.answer('hang', '');
    const leases = await sweep({ toolTimeoutMs: 1500 });
    const before = performance.now();
    await assert.rejects(leases.take(slot([0]), { signal: AbortSignal.timeout(50) }), { name: 'TimeoutError' });
    assert.ok(performance.now() - before < 1000);
    await (await (await sweep({ toolTimeoutMs: 100 })).take(slot([0]))).release();
  });

  it('turn away who waits, and who comes, when they are closed', async () => {
    const [one, other] = [await sweep(), await sweep()];
    await one.take(slot([0]));
    const waiter = taking(other, slot([0]));
    await isTold(waiter, /is held/);
    await other.close();
    await assert.rejects(waiter.got, { code: 'ERR_GPU_CLOSED' });
    await assert.rejects(other.take(slot([1])), { code: 'ERR_GPU_CLOSED' });
    await one.close();
    await (await (await sweep()).take(slot([0]))).release();
  });

  it('wait for memory, and say how much there is', async () => {
    machine.gpus({ usedMb: 18 * GB });
    const waiter = taking(await sweep(), slot([0], { minFreeMb: 40 * GB }));
    await isTold(waiter, /^GPU 0 has 30 of 48 GB free, 40 asked$/);
    machine.gpus({ usedMb: 4 * GB });
    await waiter.got;
  });

  it('count memory that was granted as used until its holder uses it', async () => {
    const leases = await sweep();
    const share = { share: 0.25, minFreeMb: 20 * GB };
    const first = await leases.take(slot([0], share), { worker: 'worker 1' });
    await leases.take(slot([0], share), { worker: 'worker 2' });
    const third = taking(leases, slot([0], share), 'worker 3');
    await isTold(third, /^GPU 0 has 48 of 48 GB free, 40 of them promised to worker 1, worker 2, 20 asked$/);
    const worker = start('exec sleep 1000', first.env());
    first.usedBy(refOf(worker));
    machine.processes({ pid: worker.pid, gpu: 0, usedMb: 15 * GB });
    machine.gpus({ usedMb: 15 * GB });
    await isTold(third, /^GPU 0 has 33 of 48 GB free, 25 of them promised to/);
    assert.equal(third.hasGot(), false);
    await end(worker);
    machine.processes();
    machine.gpus({});
    await first.release();
    await third.got;
  });

  it('do so, too, where the tool does not tell who uses what', async () => {
    const leases = await sweep();
    const share = { share: 0.25, minFreeMb: 20 * GB };
    await leases.take(slot([0], share));
    await leases.take(slot([0], share));
    machine.processes({ pid: 2 ** 22 + 5, gpu: 0, usedMb: '[N/A]' });
    machine.gpus({ usedMb: 10 * GB });
    const third = taking(leases, slot([0], share));
    await isTold(third, /^GPU 0 has 38 of 48 GB free, 30 of them promised to/);
  });

  it('take an idle GPU only, where that is asked for', async () => {
    const stranger = start('exec sleep 1000');
    machine.processes({ pid: stranger.pid, gpu: 0, usedMb: 12 * GB });
    machine.gpus({ usedMb: 12 * GB, utilization: 80 });
    const waiter = taking(await sweep({ idle: true }), slot([0]));
    await isTold(waiter, new RegExp(`^GPU 0 is used by pid ${stranger.pid} \\(sleep, 12 GB\\)$`));
    machine.processes();
    await isTold(waiter, /^GPU 0 is at 80 %, and counts as idle up to 10 %$/);
    machine.gpus({ utilization: 5 });
    await waiter.got;
  });

  it('hand a GPU on when the worker is gone and its memory is free again', async () => {
    machine.gpus({ usedMb: 1 * GB });
    const [one, other] = [await sweep(), await sweep({ settleMs: 100 })];
    const lease = await one.take(slot([0]), { worker: 'worker 3' });
    const worker = start('exec sleep 1000', lease.env());
    lease.usedBy(refOf(worker));
    machine.gpus({ usedMb: 21 * GB });
    await lease.release();
    const waiter = taking(other, slot([0]));
    await isTold(waiter, new RegExp(`^GPU 0 waits for process ${worker.pid} \\(sleep\\) of worker 3 to end$`));
    await end(worker);
    await isTold(waiter, /^GPU 0 still holds 20 GB of worker 3, which is gone$/);
    await isTold(waiter, /^GPU 0 still holds 20 GB of worker 3, which is gone for 0\.\d s$/);
    assert.equal(waiter.hasGot(), false);
    machine.gpus({ usedMb: 1.1 * GB });
    await waiter.got;
  });

  it('do not wait for memory that somebody else uses by now', async () => {
    const leases = await sweep();
    const lease = await leases.take(slot([0]));
    const stranger = start('exec sleep 1000');
    machine.processes({ pid: stranger.pid, gpu: 0, usedMb: 20 * GB });
    machine.gpus({ usedMb: 20 * GB });
    await lease.release();
    await leases.take(slot([0]));
  });

  it('give up waiting for memory that does not come back, after ten times the settling time', async () => {
    const leases = await sweep({ settleMs: 20 });
    const lease = await leases.take(slot([0]));
    machine.gpus({ usedMb: 20 * GB });
    await lease.release();
    const waiter = taking(leases, slot([0]));
    await isTold(waiter, /still holds 20 GB/);
    await waiter.got;
  });

  it('find a child that has left its worker for a session of its own, and one that has dropped its environment', async () => {
    const leases = await sweep();
    for (const command of ['setsid sleep 1000 & echo $! >CHILD', 'env -i sleep 1000 & echo $! >CHILD']) {
      const file = join(machine.path, 'child');
      const lease = await leases.take(slot([0]));
      const worker = start(command.replace('CHILD', file), lease.env());
      lease.usedBy(refOf(worker));
      await once(worker, 'exit');
      await lease.release();
      const child = refOf({ pid: Number(readFileSync(file, 'utf8')) });
      orphans.push(child);
      const waiter = taking(leases, slot([0]));
      await isTold(waiter, /^GPU 0 waits for process \d+ \((sleep|setsid|env)\) of a worker to end$/);
      assert.equal(waiter.hasGot(), false);
      signalEach([child], 'SIGKILL');
      await waiter.got;
      await waiter.lease?.release();
    }
  });

  it('do not hang with a tool that hangs: who asks for no memory is let in, who does is told', async () => {
    machine.answer('hang', '');
    const leases = await sweep({ toolTimeoutMs: 200 });
    await leases.take(slot([0]));
    const waiter = taking(leases, slot([1], { minFreeMb: GB }));
    await isTold(waiter, /^GPU 1: what is in use of it is not known, because nvidia-smi did not answer within 0.2 s/);
  });

  it('refuse a memory that cannot be watched', async () => {
    machine.gpus({ usedMb: '[N/A]' });
    const leases = await sweep();
    await assert.rejects(leases.take(slot([0], { minFreeMb: GB })), {
      code: 'ERR_GPU_MEMORY_UNKNOWN',
      message: /cannot be known here, so "minFreeMb" cannot be kept/,
    });
    await leases.take(slot([0]));
  });

  it('ask the tool once for all who wait', async () => {
    machine.gpus({ usedMb: 40 * GB }, { usedMb: 40 * GB }, { usedMb: 40 * GB });
    const pollMs = 1000; // an answer may be half as old: time enough for six to look, on a busy machine too
    const leases = await sweep({ pollMs });
    const waiters = [0, 1, 2, 0, 1, 2].map((index) =>
      taking(leases, slot([index], { share: 0.5, minFreeMb: 20 * GB })),
    );
    for (const waiter of waiters) await isTold(waiter, /asked/);
    const before = machine.questions.length;
    const from = performance.now();
    await looks(3);
    const beats = (performance.now() - from) / pollMs;
    assert.ok(machine.questions.length - before <= 2 * (beats + 1));
    machine.gpus({}, {}, {});
    for (const waiter of waiters) await waiter.got;
  });

  it('are not fooled by what lies in their directory', async () => {
    const file = join(machine.leases, `${uuidOfGpu(0)}.lock`);
    const precious = join(machine.path, 'precious');
    writeFileSync(precious, 'precious');
    const leases = await sweep();
    symlinkSync(precious, file);
    await assert.rejects(leases.take(slot([0])), { code: 'ERR_GPU_LEASE', message: /is a link: remove it/ });
    linkSync(precious, join(machine.leases, `${uuidOfGpu(1)}.lock`));
    await assert.rejects(leases.take(slot([1])), { code: 'ERR_GPU_LEASE', message: /another name somewhere else/ });
    mkdirSync(join(machine.leases, `${uuidOfGpu(2)}.lock`));
    await assert.rejects(leases.take(slot([2])), { code: 'ERR_GPU_LEASE' });
    assert.equal(readFileSync(precious, 'utf8'), 'precious');
  });

  it('take no harm from rubbish in a file', async () => {
    const leases = await sweep();
    const file = join(machine.leases, `${uuidOfGpu(0)}.lock`);
    for (const rubbish of [
      '',
      'rubbish',
      '{"holder":{"pid":-5},"uses":3}',
      '{"holder":{"pid":7},"uses":[1,{"leaders":7}]}',
    ]) {
      writeFileSync(file, rubbish);
      await (await leases.take(slot([0]))).release();
    }
  });

  it('are for all users: the directory is sticky and its files can be written by everybody', async () => {
    const leases = await sweep();
    await leases.take(slot([0]));
    assert.equal(statSync(machine.leases).mode & 0o7777, 0o1777);
    assert.equal(statSync(join(machine.leases, `${uuidOfGpu(0)}.lock`)).mode & 0o777, 0o666);
    chmodSync(machine.leases, 0o777);
    await assert.rejects(sweep(), { code: 'ERR_GPU_LEASE', message: /can remove the files of others \(chmod \+t/ });
  });
});
