import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gpu } from '#internal/sweep/gpu/gpu.js';
import { GpuWatch } from '#internal/sweep/run/gpu-watch.js';
import { eventually } from '../support/eventually.js';

/** A tool that tells of two GPUs as `nvidia-smi` does, and notes each time that it was run. */
const tool = `#!/bin/sh
echo run >> "$NOTED"
case "$*" in
*compute-apps*) ;;
*) echo '0, GPU-a, Some GPU, 81920, 20480, 60, 00000000:01:00.0'; echo '1, GPU-b, Some GPU, 81920, 10240, 20, 00000000:02:00.0' ;;
esac
`;

describe('The use of GPUs', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pyw-gpu-watch-'));
    writeFileSync(join(folder, 'nvidia-smi'), tool);
    chmodSync(join(folder, 'nvidia-smi'), 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const gpu = (index: number, uuid: string): Gpu => ({
    id: String(index),
    index,
    vendor: 'nvidia',
    name: 'Some GPU',
    uuid,
    totalMb: 81_920,
    token: String(index),
  });
  const part = (index: number, uuid: string) => ({ gpu: gpu(index, uuid), share: 1 });
  const one = { name: '0', parts: [part(0, 'GPU-a')] };
  const both = { name: '0,1', parts: [part(0, 'GPU-a'), part(1, 'GPU-b')] };
  const watchOf = (): GpuWatch =>
    new GpuWatch([one, both], { env: { PATH: `${folder}:${process.env.PATH}`, NOTED: join(folder, 'noted') } });
  const runs = (): number => readFileSync(join(folder, 'noted'), 'utf8').trim().split('\n').length;

  it('is told of all GPUs of a worker together, a while after somebody has asked', async () => {
    const watch = watchOf();
    assert.equal(watch.read(one), undefined);
    await eventually(() => watch.read(one) !== undefined);
    assert.deepEqual(watch.read(one), { usedMb: 20_480, totalMb: 81_920, utilization: 60 });
    assert.deepEqual(watch.read(both), { usedMb: 30_720, totalMb: 163_840, utilization: 40 });
    assert.equal(watch.read({ name: '', parts: [] }), undefined);
    assert.equal(runs(), 2); // once for who computes, once for the use, however often it was read
    await watch.close();
  });

  it('is not looked at where nobody asks, and never again once that is over', async () => {
    const watch = watchOf();
    await watch.close();
    assert.equal(watch.read(one), undefined);
    assert.equal(existsSync(join(folder, 'noted')), false);
  });
});
