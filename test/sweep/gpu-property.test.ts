import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { Gpu } from '#internal/sweep/gpu/gpu.js';
import { findGpus } from '#internal/sweep/gpu/inventory.js';
import { Leases } from '#internal/sweep/gpu/leases.js';
import type { GpuSlot } from '#internal/sweep/gpu/slot.js';
import { type SlotOptions, slotsOf } from '#internal/sweep/gpu/slots.js';
import { StandInMachine } from '../fixtures/sweep-gpu-machine.js';
import { Random, seedOf } from '../support/random.js';

const CONFIGURATIONS = process.env.PYW_TEST_ROUTES === 'plain' ? 100 : 500; // fewer on a second version of Node

/** What is held of each GPU, and by whom. */
class Watch {
  readonly #held = new Map<string, { sweep: number; share: number }[]>();
  grants = 0;

  begin(sweep: number, { parts }: GpuSlot): void {
    this.grants += 1;
    for (const { gpu, share } of parts) {
      const others = this.#held.get(gpu.id) ?? [];
      assert.ok(
        others.every((other) => other.sweep === sweep),
        `two sweeps on GPU ${gpu.id}`,
      );
      if (share === 1) assert.equal(others.length, 0, `not alone on GPU ${gpu.id}`);
      const total = others.reduce((sum, other) => sum + other.share, share);
      assert.ok(total <= 1 + 1e-6, `${total} of GPU ${gpu.id}`);
      this.#held.set(gpu.id, [...others, { sweep, share }]);
    }
  }

  end(sweep: number, { parts }: GpuSlot): void {
    for (const { gpu, share } of parts) {
      const all = this.#held.get(gpu.id) ?? [];
      all.splice(
        all.findIndex((each) => each.sweep === sweep && each.share === share),
        1,
      );
    }
  }
}

function optionsOf(random: Random, gpus: readonly Gpu[]): SlotOptions {
  const some = (): number[] => gpus.map(({ index }) => index).filter(() => random.isOnceIn(2));
  const any = (): number => random.below(gpus.length);
  const narrowed: SlotOptions = random.oneOf([{}, {}, { include: some() }, { avoid: some() }]);
  const count = random.oneOf(['auto', 'auto', 1 + random.below(4)] as const);
  return random.oneOf<SlotOptions>([
    { ...narrowed, count, gpus: 1 + random.below(3) },
    { ...narrowed, count, gpus: random.oneOf([0.5, 1 / 3, 0.25, 0.1]) },
    { gpus: Array.from({ length: 1 + random.below(6) }, any) },
    { gpus: Array.from({ length: 1 + random.below(3) }, () => [...new Set([any(), any()])].join(',')) },
    { gpus: [{ gpus: any(), share: 0.5 }, { gpus: any(), share: random.oneOf([0.25, 0.5]) }, any()] },
  ]);
}

/** None, where more is asked for than there is. */
function slotsOrNone(options: SlotOptions, gpus: readonly Gpu[]): GpuSlot[] {
  try {
    return slotsOf(options, gpus);
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'ERR_OPTION');
    return [];
  }
}

const SERIES = 10; // each with a time limit of its own

describe('Whatever the configuration', () => {
  const first = seedOf();
  let machine: StandInMachine;
  let grants = 0;

  before(() => {
    machine = new StandInMachine();
  });

  after(() => machine.remove());

  for (let series = 0; series < SERIES; series += 1) {
    const seed = first + (series * CONFIGURATIONS) / SERIES;
    it(`holders never have more of a GPU than there is, and who has a whole one is alone (SEED=${seed})`, async () => {
      for (let place = 0; place < CONFIGURATIONS / SERIES; place += 1) {
        grants += await tried(machine, { seed: seed + place, locking: place % 20 === 0 ? 'flock' : 'owner-file' });
      }
    }).timeout(60_000);
  }

  it('that was tried often enough', () => {
    assert.ok(grants > 3 * CONFIGURATIONS, `${grants}`);
  });
});

async function tried(
  { env, leases: directory }: StandInMachine,
  { seed, locking }: { seed: number; locking: 'flock' | 'owner-file' },
): Promise<number> {
  const random = new Random(seed);
  const gpus = await findGpus({ env, devices: Array.from({ length: 1 + random.below(8) }, (_, index) => index) });
  const watch = new Watch();
  const sweeps = Array.from({ length: 1 + random.below(2) }, async (_, sweep) => {
    const leases = await Leases.open({ env, directory, locking, pollMs: 10 });
    const worker = async (slot: GpuSlot): Promise<void> => {
      for (let round = random.below(2); round >= 0; round -= 1) {
        const lease = await leases.take(slot);
        watch.begin(sweep, slot);
        for (let turns = random.below(5); turns > 0; turns -= 1) await turn();
        watch.end(sweep, slot);
        await lease.release();
      }
    };
    await Promise.all(slotsOrNone(optionsOf(random, gpus), gpus).slice(0, 6).map(worker)).finally(() => leases.close());
  });
  await Promise.all(sweeps);
  return watch.grants;
}
