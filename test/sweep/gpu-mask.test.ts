import assert from 'node:assert/strict';
import type { Gpu } from '#internal/sweep/gpu/gpu.js';
import { gpuEnv } from '#internal/sweep/gpu/gpu-env.js';
import { visibleOf } from '#internal/sweep/gpu/mask.js';
import { cpuSlot, slotOf } from '#internal/sweep/gpu/slot.js';
import { uuidOfGpu } from '../fixtures/sweep-gpu-machine.js';

const gpu = (index: number, vendor: Gpu['vendor'] = 'nvidia'): Gpu => ({
  id: String(index),
  index,
  vendor,
  name: '',
  uuid: uuidOfGpu(index),
  token: String(index),
});
const part = (number: number): Gpu => ({
  ...gpu(1),
  id: `1:${number}`,
  uuid: `MIG-${number}abc`,
  partOf: uuidOfGpu(1),
  token: `MIG-${number}abc`,
});
const four = [0, 1, 2, 3].map((index) => gpu(index));
const fourOfAmd = [0, 1, 2, 3].map((index) => gpu(index, 'amd'));
const withParts = [gpu(0), part(0), part(1), gpu(2)];

const tokens = (gpus: readonly Gpu[], env: NodeJS.ProcessEnv): string => {
  return visibleOf(gpus, env)
    .map(({ id, token }) => `${id}=${token}`)
    .join(' ');
};
const whole = (...gpus: readonly Gpu[]) => slotOf(gpus.map((each) => ({ gpu: each, share: 1 })));

describe('The GPUs that are visible', () => {
  const prefix = 'GPU-3333';
  const cases: readonly [string | undefined, string][] = [
    [undefined, '0=0 1=1 2=2 3=3'],
    ['', ''],
    ['2,3', '2=2 3=3'],
    [' 3 , 1', '3=3 1=1'],
    ['0,9,1', '0=0'],
    ['-1', ''],
    ['NoDevFiles', ''],
    ['1,1,2', '1=1'],
    [`${prefix},0`, `3=${prefix} 0=0`],
    [uuidOfGpu(2), `2=${uuidOfGpu(2)}`],
    ['GPU-', ''],
  ];
  for (const [mask, expected] of cases) {
    it(`are ${expected || 'none'} with CUDA_VISIBLE_DEVICES ${mask === undefined ? 'not set' : `"${mask}"`}`, () => {
      assert.equal(tokens(four, { CUDA_VISIBLE_DEVICES: mask }), expected);
    });
  }

  it('are not told by the beginning of a UUID that two have', () => {
    assert.equal(tokens([gpu(1), { ...gpu(2), uuid: 'GPU-1111-other' }], { CUDA_VISIBLE_DEVICES: 'GPU-1111' }), '');
  });

  it('are MIG instances by UUID, and by index the first of them', () => {
    assert.equal(tokens(withParts, { CUDA_VISIBLE_DEVICES: 'MIG-1abc' }), '1:1=MIG-1abc');
    assert.equal(tokens(withParts, { CUDA_VISIBLE_DEVICES: '2,1' }), '2=2 1:0=MIG-0abc');
  });

  it("are for AMD's tools what ROCr leaves, and HIP counts within that", () => {
    assert.equal(tokens(fourOfAmd, { ROCR_VISIBLE_DEVICES: '2,3' }), '2=2 3=3');
    assert.equal(tokens(fourOfAmd, { HIP_VISIBLE_DEVICES: '1' }), '1=1');
    assert.equal(tokens(fourOfAmd, { ROCR_VISIBLE_DEVICES: '2,3', HIP_VISIBLE_DEVICES: '1' }), '3=1');
  });
});

describe("A worker's environment", () => {
  it('names its GPUs as this process was told of them, never counted anew', () => {
    const env = { CUDA_VISIBLE_DEVICES: `3,${uuidOfGpu(2)}` };
    const visible = visibleOf(four, env);
    assert.deepEqual(gpuEnv(whole(...visible), { env }), {
      PYW_WORKER_GPUS: '3,2',
      CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
      CUDA_VISIBLE_DEVICES: `3,${uuidOfGpu(2)}`,
    });
  });

  it('names them by UUID where that is asked for, and MIG instances always', () => {
    assert.equal(gpuEnv(whole(gpu(1)), { style: 'uuid' }).CUDA_VISIBLE_DEVICES, uuidOfGpu(1));
    assert.equal(gpuEnv(whole(part(1))).CUDA_VISIBLE_DEVICES, 'MIG-1abc');
  });

  it('hides all GPUs from a worker that gets none', () => {
    const { CUDA_VISIBLE_DEVICES, ROCR_VISIBLE_DEVICES, HIP_VISIBLE_DEVICES, PYW_WORKER_GPUS } = gpuEnv(cpuSlot);
    assert.deepEqual(
      [CUDA_VISIBLE_DEVICES, ROCR_VISIBLE_DEVICES, HIP_VISIBLE_DEVICES, PYW_WORKER_GPUS],
      ['', '', '', ''],
    );
  });

  it("names AMD's GPUs by the variable that this process was given, and by that one only", () => {
    const slot = whole(gpu(2, 'amd'));
    assert.equal(gpuEnv(slot, { env: {} }).ROCR_VISIBLE_DEVICES, '2');
    const env = gpuEnv(slot, { env: { HIP_VISIBLE_DEVICES: '2,3' } });
    assert.equal(env.HIP_VISIBLE_DEVICES, '2');
    assert.equal('ROCR_VISIBLE_DEVICES' in env, false);
    assert.equal('CUDA_VISIBLE_DEVICES' in env && env.CUDA_VISIBLE_DEVICES === undefined, true);
  });

  it('cannot have GPUs of two makers', () => {
    assert.throws(() => gpuEnv(whole(gpu(0), gpu(1, 'amd'))), { code: 'ERR_OPTION', message: /two makers/ });
  });
});
