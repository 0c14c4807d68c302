import assert from 'node:assert/strict';
import type { Gpu } from '#internal/sweep/gpu/gpu.js';
import { type SlotOptions, slotsOf } from '#internal/sweep/gpu/slots.js';
import { uuidOfGpu } from '../fixtures/sweep-gpu-machine.js';

const gpu = (index: number, more: Partial<Gpu> = {}): Gpu => ({
  id: String(index),
  index,
  vendor: 'nvidia',
  name: index < 2 ? 'NVIDIA A100-SXM4' : 'NVIDIA T400',
  uuid: uuidOfGpu(index),
  totalMb: 40_960,
  token: String(index),
  ...more,
});
const four = [0, 1, 2, 3].map((index) => gpu(index));
const part = (number: number): Gpu =>
  gpu(0, { id: `0:${number}`, uuid: `MIG-${number}`, partOf: uuidOfGpu(0), name: 'MIG 1g.10gb', totalMb: 10_240 });

/** `0x0.5 1x1`: for each worker which GPUs and how much of each. */
const slots = (options: SlotOptions, gpus: readonly Gpu[] = four): string =>
  slotsOf(options, gpus)
    .map(({ parts }) => parts.map(({ gpu: { id }, share }) => `${id}x${Number(share.toFixed(3))}`).join('+') || 'none')
    .join(' ');

const refused = (options: SlotOptions, message: RegExp, gpus: readonly Gpu[] = four): void =>
  assert.throws(() => slotsOf(options, gpus), { code: 'ERR_OPTION', message });

describe('The slots of workers on GPUs', () => {
  it('are as listed, where those that name the same GPU share it', () => {
    assert.equal(slots({ gpus: [0, 1, 0, 1] }), '0x0.5 1x0.5 0x0.5 1x0.5');
    assert.equal(slots({ gpus: ['0,1', '2,3'] }), '0x1+1x1 2x1+3x1');
    assert.equal(slots({ gpus: ['0,1', 1] }), '0x1+1x0.5 1x0.5');
    assert.equal(slots({ gpus: [uuidOfGpu(2), 'GPU-3333', ''] }), '2x1 3x1 none');
    assert.equal(slots({ gpus: [{ gpus: 0, share: 0.75 }, 0] }), '0x0.75 0x0.25');
    assert.equal(slots({ gpus: [0, 1, 2], count: 2 }), '0x1 1x1');
  });

  it('are whole GPUs, so many for each worker', () => {
    assert.equal(slots({ gpus: 2, count: 'auto' }), '0x1+1x1 2x1+3x1');
    assert.equal(slots({ gpus: 1, count: 3 }), '0x1 1x1 2x1');
    assert.equal(slots({ gpus: 3, count: 'auto' }), '0x1+1x1+2x1');
  });

  it('are fractions of one GPU each, spread before they are packed', () => {
    assert.equal(slots({ gpus: 0.5, count: 'auto' }, four.slice(0, 2)), '0x0.5 1x0.5 0x0.5 1x0.5');
    assert.equal(slots({ gpus: 1 / 3, count: 3 }, [gpu(0)]), '0x0.333 0x0.333 0x0.333');
    assert.equal(slots({ gpus: 0.33, count: 'auto' }, [gpu(0)]), '0x0.333 0x0.333 0x0.333');
  });

  for (const gpus of [1.5, 0.3, 0.7, 2.5, -1, Number.NaN, Infinity]) {
    it(`cannot be ${gpus} of a GPU, and the message says which fractions can be`, () => {
      refused({ gpus }, /takes a whole number of GPUs.*1\/2, 1\/3, 0\.25/);
    });
  }

  it('are on those that are included and not avoided: by index, UUID or name', () => {
    assert.equal(slots({ gpus: 1, count: 'auto', include: ['*A100*'] }), '0x1 1x1');
    assert.equal(slots({ gpus: 1, count: 'auto', avoid: ['*t400', 0] }), '1x1');
    assert.equal(slots({ gpus: 1, count: 'auto', include: [3, uuidOfGpu(1)], avoid: [17] }), '1x1 3x1');
    refused({ gpus: 1, include: [9] }, /names GPU 9, which is not there: there is GPU 0 \(NVIDIA A100-SXM4\)/);
    refused({ gpus: 1, avoid: ['first'] }, /by its index.*"first"/);
    refused({ gpus: [0], avoid: [0] }, /lists GPU 0, which is not there/);
  });

  it('are no more than have the memory that is asked for', () => {
    assert.equal(slots({ gpus: 0.25, minFreeMb: 15_000, count: 'auto' }, [gpu(0)]), '0x0.25 0x0.25');
    refused({ gpus: 1, minFreeMb: 50_000 }, /with 49 GB, but there is GPU 0 .* with 40 GB to be used/);
    refused({ gpus: [0], minFreeMb: 50_000 }, /GPU 0 has 40 GB in all, and 49 GB are asked for/);
  });

  it('are refused with what there is, when there are fewer', () => {
    refused(
      { gpus: 1, count: 5 },
      /5 workers: 1 GPU is asked for each worker, but there is room for 4 \(there is GPU 0 /,
    );
    refused({ gpus: 8 }, /8 GPUs are asked for each worker, but there is GPU 0 /);
    refused({ gpus: 1 }, /but there is no GPU to be used/, []);
    refused({ gpus: [0, 1], count: 3 }, /3 workers, but "gpus" lists what 2 get/);
    refused({ gpus: [7] }, /lists GPU 7, which is not there: there is GPU 0 /);
  });

  it('never add up to more than a GPU', () => {
    refused(
      {
        gpus: [
          { gpus: 0, share: 0.75 },
          { gpus: 0, share: 0.5 },
        ],
      },
      /shares of GPU 0 add up to 1\.25/,
    );
    refused({ gpus: [{ gpus: 0, share: 1 }, 0] }, /add up to 1, and more workers are to have it/);
    refused({ gpus: [{ gpus: 0, share: 2 }] }, /above 0 and up to 1, not 2/);
    refused({ gpus: ['0,0'] }, /same GPU twice/);
  });

  it('have one MIG instance at most', () => {
    assert.equal(slots({ gpus: 1, count: 'auto' }, [part(0), part(1)]), '0:0x1 0:1x1');
    assert.equal(slots({ gpus: ['MIG-1', '0:0'] }, [part(0), part(1)]), '0:1x1 0:0x1');
    assert.equal(slots({ gpus: 1, count: 'auto', avoid: [0] }, [part(0), part(1), gpu(1)]), '1x1');
    refused({ gpus: 2 }, /one MIG instance only/, [part(0), part(1)]);
    refused({ gpus: ['0:0,0:1'] }, /one MIG instance only/, [part(0), part(1)]);
  });

  it('are without any GPU where none is asked for', () => {
    assert.equal(slots({ count: 2 }), 'none none');
    assert.equal(slots({ gpus: 0 }, []), 'none');
    refused({ gpus: 0, count: 'auto' }, /number does not follow/);
    refused({ gpus: 0, minFreeMb: 1 }, /workers get none/);
  });
});
