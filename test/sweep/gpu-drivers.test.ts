import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findGpus } from '#internal/sweep/gpu/inventory.js';
import { Leases } from '#internal/sweep/gpu/leases.js';
import { slotsOf } from '#internal/sweep/gpu/slots.js';
import { StandInMachine } from '../fixtures/sweep-gpu-machine.js';
import { eventually } from '../support/eventually.js';
import { isRunning } from '../support/processes.js';

const driver = fileURLToPath(new URL('../fixtures/sweep-gpu-driver.js', import.meta.url));

describe('Two sweeps on one machine', () => {
  let machine: StandInMachine;

  beforeEach(() => {
    machine = new StandInMachine('nvidia');
    machine.gpus({}, {}, {}, {});
  });
  afterEach(() => machine.remove());

  const start = (...args: readonly string[]): ChildProcess =>
    spawn(process.execPath, [driver, ...args], {
      env: { ...process.env, ...machine.env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });

  it('never have the same GPU at one time', async () => {
    const log = join(machine.path, 'log');
    const drivers = [start('rounds', '1', log), start('rounds', '2', log)];
    const codes = await Promise.all(drivers.map(async (each) => (await once(each, 'exit'))[0] as number));
    assert.deepEqual(codes, [0, 0]);
    const held = new Map<string, string>();
    let handedOver = 0;
    const last = new Map<string, string>();
    for (const line of readFileSync(log, 'utf8').trim().split('\n')) {
      const [what, pid = '', gpus = ''] = line.split(' ');
      for (const gpu of gpus.split(',')) {
        if (what === 'begin') assert.equal(held.get(gpu), undefined, `${line}, but GPU ${gpu} is held`);
        if (what === 'begin' && last.get(gpu) !== undefined && last.get(gpu) !== pid) handedOver += 1;
        if (what === 'begin') held.set(gpu, pid);
        else held.delete(gpu);
        last.set(gpu, pid);
      }
    }
    assert.equal(held.size, 0);
    assert.ok(handedOver > 0, 'they have run one after the other');
  }).timeout(60_000);

  it('hand on what one held that is killed, but not before its worker and all its children are gone', async () => {
    const holding = start('hold', 'sleep 1000 & wait');
    const lines = createInterface({ input: holding.stdout as NodeJS.ReadableStream });
    const leaders = JSON.parse((await once(lines, 'line'))[0] as string) as number[];
    const leases = await Leases.open({ env: machine.env });
    try {
      const slots = slotsOf({ gpus: 1, count: 'auto' }, await findGpus({ env: machine.env }));
      const told: string[][] = slots.map(() => []);
      const gotAt: number[] = [];
      const got = slots.map(async (slot, place) => {
        await leases.take(slot, { onWait: (reason) => void told[place]?.push(reason) });
        gotAt[place] = performance.now();
      });
      await eventually(() => told.every((each) => each.length > 0));
      for (const [place, each] of told.entries()) {
        assert.match(
          each[0] ?? '',
          new RegExp(`^GPU ${place} is held by sweep pid ${holding.pid} \\(hold\\) on this machine`),
        );
      }
      process.kill(-(leaders[0] ?? 0), 'SIGKILL');
      process.kill(-(leaders[1] ?? 0), 'SIGKILL');
      const killedAt = performance.now();
      holding.kill('SIGKILL');
      await once(holding, 'exit');
      process.kill(leaders[2] ?? 0, 'SIGKILL'); // its child lives on
      await Promise.all([got[0], got[1]]);
      assert.ok(performance.now() - killedAt < 2000);
      await eventually(() => [told[2], told[3]].every((each) => each?.at(-1)?.includes('waits for process')));
      assert.match(told[2]?.at(-1) ?? '', new RegExp(`\\(sleep\\) of worker 2 of sweep pid ${holding.pid} to end$`));
      assert.match(
        told[3]?.at(-1) ?? '',
        new RegExp(`^GPU 3 waits for process ${leaders[3]} \\(sh\\) and 1 more of worker 3 of`),
      );
      assert.equal(gotAt[2] ?? gotAt[3], undefined);
      process.kill(-(leaders[2] ?? 0), 'SIGKILL');
      process.kill(-(leaders[3] ?? 0), 'SIGKILL');
      const endedAt = performance.now();
      await Promise.all(got);
      assert.ok(performance.now() - endedAt < 2000);
    } finally {
      await leases.close();
      holding.kill('SIGKILL');
      for (const pid of leaders) {
        try {
          process.kill(-pid, 'SIGKILL');
        } catch {
          // gone
        }
      }
      await eventually(() => !leaders.some(isRunning));
    }
  });
});
