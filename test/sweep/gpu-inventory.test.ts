import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { findGpus, usageOf } from '#internal/sweep/gpu/inventory.js';
import { StandInMachine, uuidOfGpu } from '../fixtures/sweep-gpu-machine.js';
import { eventually } from '../support/eventually.js';
import { commandOf } from '../support/processes.js';

describe('The inventory of GPUs', () => {
  let machine: StandInMachine;

  beforeEach(() => {
    machine = new StandInMachine('nvidia');
  });
  afterEach(() => machine.remove());

  const found = (env: Record<string, string> = {}, timeoutMs?: number) =>
    findGpus({ env: { ...machine.env, ...env }, timeoutMs });

  it('has what nvidia-smi tells of each', async () => {
    machine.gpus({}, { name: 'NVIDIA RTX A6000' });
    assert.deepEqual((await found())[1], {
      id: '1',
      index: 1,
      vendor: 'nvidia',
      name: 'NVIDIA RTX A6000',
      uuid: uuidOfGpu(1),
      totalMb: 49152,
      busId: '00000000:01:00.0',
      token: '1',
    });
  });

  it('is empty on a machine without any tool', async () => {
    machine.remove();
    machine = new StandInMachine();
    assert.deepEqual(await found(), []);
  });

  it('is empty where the tool finds no devices', async () => {
    machine.answer('gpus', 'No devices were found\n');
    machine.answer('list', 'No devices were found\n');
    machine.answer('code', '6\n');
    assert.deepEqual(await found(), []);
  });

  it('leaves out what is not available', async () => {
    machine.gpus({ usedMb: '[N/A]', utilization: '[Not Supported]' });
    const gpus = await found();
    assert.deepEqual((await usageOf(gpus, { env: machine.env })).get(uuidOfGpu(0)), { processes: [] });
  });

  it('says that the driver is missing, which is not the same as no GPUs', async () => {
    machine.answer('gpus', "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n");
    machine.answer('code', '9\n');
    await assert.rejects(found(), { name: 'GpuError', code: 'ERR_GPU_DRIVER', message: /couldn't communicate/ });
  });

  it('says when the tool fails, and when it says what nobody understands', async () => {
    machine.answer('code', '3\n');
    await assert.rejects(found(), { code: 'ERR_GPU_TOOL_FAILED', message: /failed with code 3/ });
    machine.forget('code');
    machine.answer('gpus', 'Segmentation something\n');
    await assert.rejects(found(), { code: 'ERR_GPU_TOOL_OUTPUT', message: /"Segmentation something"/ });
  });

  it('gives up a tool that hangs, and leaves nothing of it behind', async () => {
    machine.answer('hang', '');
    const before = performance.now();
    await assert.rejects(found({}, 300), { code: 'ERR_GPU_TOOL_TIMEOUT', message: /within 0.3 s/ });
    assert.ok(performance.now() - before < 3000);
    const commands = (): string[] => readdirSync('/proc').map((name) => commandOf(Number(name) || 0));
    await eventually(() => !commands().some((command) => command.includes('sweep-gpu-bin')));
  });

  it('can be cancelled', async () => {
    machine.answer('hang', '');
    const reason = new Error('enough');
    const looking = findGpus({ env: machine.env, signal: AbortSignal.abort(reason) });
    await assert.rejects(looking, reason);
    const controller = new AbortController();
    const hanging = findGpus({ env: machine.env, signal: controller.signal });
    await eventually(() => machine.questions.length > 0);
    controller.abort(reason);
    await assert.rejects(hanging, reason);
  });

  it('has MIG instances in place of the GPU that is cut up', async () => {
    machine.gpus({}, {});
    machine.answer(
      'list',
      [
        `GPU 0: NVIDIA A40 (UUID: ${uuidOfGpu(0)})`,
        '  MIG 1g.10gb     Device  0: (UUID: MIG-aaaa-1)',
        '  MIG 2g.20gb     Device  1: (UUID: MIG-bbbb-2)',
        `GPU 1: NVIDIA A40 (UUID: ${uuidOfGpu(1)})`,
      ].join('\n'),
    );
    const gpus = await found();
    assert.deepEqual(
      gpus.map(({ id, token, totalMb }) => [id, token, totalMb]),
      [
        ['0:0', 'MIG-aaaa-1', 10240],
        ['0:1', 'MIG-bbbb-2', 20480],
        ['1', '1', 49152],
      ],
    );
  });

  it("has AMD's by rocm-smi, warnings before its answer or not", async () => {
    machine.remove();
    machine = new StandInMachine('amd');
    const card = {
      'Unique ID': '0xAB12CD',
      'VRAM Total Memory (B)': String(64 * 2 ** 30),
      'VRAM Total Used Memory (B)': String(2 ** 30),
      'GPU use (%)': '7',
      'Card Series': 'AMD Instinct MI250X',
      'PCI Bus': '0000:C1:00.0',
    };
    machine.answer(
      'rocm',
      `WARNING: AMD GPU is in a low-power state\n${JSON.stringify({ card0: card, system: {} })}\n`,
    );
    const gpus = await found();
    assert.deepEqual(gpus[0], {
      id: '0',
      index: 0,
      vendor: 'amd',
      name: 'AMD Instinct MI250X',
      uuid: 'GPU-ab12cd',
      totalMb: 65536,
      busId: '0000:C1:00.0',
      token: '0',
    });
    assert.deepEqual((await usageOf(gpus, { env: machine.env })).get('GPU-ab12cd'), { usedMb: 1024, utilization: 7 });
    machine.answer('rocm', '{ nonsense');
    await assert.rejects(found(), { code: 'ERR_GPU_TOOL_OUTPUT' });
  });

  it('is what was listed, with what the tool knows of it', async () => {
    machine.gpus({}, {});
    const devices = [1, { index: 7, name: 'home-made', totalMb: 8192 }];
    const gpus = await findGpus({ env: machine.env, devices });
    assert.deepEqual(
      gpus.map(({ id, name, uuid, totalMb }) => [id, name, uuid, totalMb]),
      [
        ['1', 'NVIDIA A40', uuidOfGpu(1), 49152],
        ['7', 'home-made', undefined, 8192],
      ],
    );
    await assert.rejects(findGpus({ env: machine.env, devices: [1, 1] }), /GPU 1 is listed twice/);
    await assert.rejects(findGpus({ env: machine.env, devices: ['zero'] }), { code: 'ERR_OPTION', message: /"zero"/ });
  });

  it('tells what is in use of each, and by whom', async () => {
    machine.gpus({ usedMb: 1000, utilization: 55 }, { usedMb: 20 });
    machine.processes({ pid: 99, gpu: 0, usedMb: 900 }, { pid: 100, gpu: 0, usedMb: '[N/A]' });
    const usages = await usageOf(await found(), { env: machine.env });
    const processes = [{ pid: 99, usedMb: 900 }, { pid: 100 }];
    assert.deepEqual(usages.get(uuidOfGpu(0)), { usedMb: 1000, utilization: 55, processes });
    assert.deepEqual(usages.get(uuidOfGpu(1)), { usedMb: 20, utilization: 0, processes: [] });
  });
});
